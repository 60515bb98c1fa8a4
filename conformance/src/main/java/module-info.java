/** What a backend must do, as tests that anybody can run, and a slow backend that does it. */
@org.jspecify.annotations.NullMarked
module dev.volute.conformance {
  requires static org.jspecify;
  requires transitive dev.volute.api;
  requires transitive org.junit.jupiter.api;
  requires info.picocli;

  exports dev.volute.conformance;
  exports dev.volute.conformance.asserting;
  exports dev.volute.conformance.command;
  exports dev.volute.conformance.reference;
  exports dev.volute.conformance.rule;
  exports dev.volute.conformance.wrapper;

  opens dev.volute.conformance.command to
      info.picocli;

  provides dev.volute.spi.BackendProvider with
      dev.volute.conformance.reference.ReferenceProvider,
      dev.volute.conformance.asserting.AssertingProvider;
}
