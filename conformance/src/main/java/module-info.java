/** What a backend must do, as tests that anybody can run, and a slow backend that does it. */
@org.jspecify.annotations.NullMarked
module dev.volute.conformance {
  requires static org.jspecify;
  requires transitive dev.volute.api;
  requires transitive org.junit.jupiter.api;

  exports dev.volute.conformance.reference;
  exports dev.volute.conformance.wrapper;

  provides dev.volute.spi.BackendProvider with
      dev.volute.conformance.reference.ReferenceProvider;
}
