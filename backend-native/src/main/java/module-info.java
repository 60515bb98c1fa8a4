/** The native backend: Volute's kernels in C++, and OpenBLAS. */
@org.jspecify.annotations.NullMarked
module dev.volute.backend.natives {
  requires static org.jspecify;
  requires jdk.management;
  requires transitive dev.volute.api;
  requires dev.volute.natives;

  provides dev.volute.spi.BackendProvider with
      dev.volute.backend.natives.NativeBackendProvider;

  exports dev.volute.backend.natives;
}
