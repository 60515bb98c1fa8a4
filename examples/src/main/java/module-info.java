/** Programs that a person runs, with their data. */
@org.jspecify.annotations.NullMarked
module dev.volute.examples {
  requires static org.jspecify;
  requires dev.volute.api;
  requires info.picocli;

  opens dev.volute.examples to
      info.picocli;
}
