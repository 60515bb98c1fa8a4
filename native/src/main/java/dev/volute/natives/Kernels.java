package dev.volute.natives;

import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.annotation.Cast;
import org.bytedeco.javacpp.annotation.Name;
import org.bytedeco.javacpp.annotation.Platform;

/**
 * The functions of {@code volute.h}, with addresses as plain {@code long}s. {@link #load} comes
 * first.
 */
@Platform(include = "volute.h", library = "jnivolute", link = "volutekernels")
public final class Kernels {
  /** Answer: done. */
  public static final int OK = 0;

  /** Answer: an index points outside; the call record tells which. */
  public static final int INDEX_OUT_OF_RANGE = 1;

  /** Answer: memory ran out. */
  public static final int OUT_OF_MEMORY = 2;

  private Kernels() {}

  /**
   * Loads the library for this platform.
   *
   * @throws LinkageError if there is none on the class path, or it cannot be loaded
   */
  public static void load() {
    Loader.load(Kernels.class);
  }

  /** The platform's name as jars bear it, for example {@code linux-x86_64}. */
  public static String platform() {
    return Loader.getPlatform();
  }

  /** The best instruction set of this processor: 0 baseline, 1 AVX2 and FMA, 2 AVX-512. */
  @Name("volute_best_level")
  public static native int bestLevel();

  /**
   * Starts a context with threads of its own.
   *
   * @param threads how many compute, the caller's counted
   * @param level the instruction set, {@link #bestLevel} at most
   * @param sgemm address of CBLAS's function, or 0
   * @param dgemm address of CBLAS's function, or 0
   * @param context where to put the context's address, 8 bytes
   * @return {@link #OK} or {@link #OUT_OF_MEMORY}
   */
  @Name("volute_open")
  public static native int open(
      long threads,
      long level,
      @Cast("void*") long sgemm,
      @Cast("void*") long dgemm,
      @Cast("volute_context**") long context);

  /** Ends a context and its threads. */
  @Name("volute_close")
  public static native void close(@Cast("volute_context*") long context);

  /** Runs a call record; the answer is one of the constants of this class. */
  @Name("volute_run")
  public static native int run(
      @Cast("volute_context*") long context, @Cast("volute_call*") long call);

  /** The floats of scratch memory that a call record wants, its sizes filled in. */
  @Name("volute_scratch")
  public static native long scratch(@Cast("const volute_call*") long call);

  /** Which algorithm of {@code volute.h} a call record, its sizes filled in, is computed by. */
  @Name("volute_algorithm")
  public static native int algorithm(@Cast("const volute_call*") long call);

  /** Memory on a 64-byte boundary; 0 if there is not enough. */
  @Name("volute_allocate")
  @Cast("intptr_t")
  public static native long allocate(long bytes);

  @Name("volute_free")
  public static native void free(@Cast("void*") long memory);

  /** A pointer to an address that somebody else owns. */
  public static Pointer at(long address) {
    return new Address(address);
  }

  private static final class Address extends Pointer {
    Address(long address) {
      this.address = address;
    }
  }
}
