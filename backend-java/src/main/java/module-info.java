/** The Java backend: kernels without any native code. */
@org.jspecify.annotations.NullMarked
module dev.volute.backend.java {
  requires static org.jspecify;
  requires static jdk.incubator.vector;
  requires transitive dev.volute.api;

  provides dev.volute.spi.BackendProvider with
      dev.volute.backend.java.JavaBackendProvider;

  exports dev.volute.backend.java;
}
