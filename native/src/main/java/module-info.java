/** Volute's C++ kernels and the way to call them. */
@org.jspecify.annotations.NullMarked
module dev.volute.natives {
  requires static org.jspecify;
  requires transitive org.bytedeco.javacpp;
  // Where there is AVX2 a program may leave its jars out.
  requires static org.bytedeco.openblas;

  exports dev.volute.natives;

  opens dev.volute.natives to
      org.bytedeco.javacpp;
}
