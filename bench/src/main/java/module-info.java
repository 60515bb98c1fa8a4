/** Benchmarks: whole training steps, per backend and number of threads. */
@org.jspecify.annotations.NullMarked
module dev.volute.bench {
  requires static org.jspecify;
  requires dev.volute.api;
  requires info.picocli;

  opens dev.volute.bench to
      info.picocli;
}
