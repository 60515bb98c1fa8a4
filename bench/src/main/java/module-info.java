/** Benchmarks: kernels, whole training steps and predictions, start-up and memory, per backend. */
@org.jspecify.annotations.NullMarked
module dev.volute.bench {
  requires static org.jspecify;
  requires dev.volute.api;
  requires info.picocli;
  requires java.management;
  requires jmh.core;

  opens dev.volute.bench to
      info.picocli;
}
