package dev.volute.backend.java.kernel;

import dev.volute.backend.java.parallel.CacheLine;

/**
 * Room for the values that a backend packs once: pieces of large arrays, since collectors begin
 * large arrays, but not small ones, where a line of the cache begins (see {@link CacheLine}). An
 * array goes when the last of its pieces does.
 */
public final class PackedMemory {
  /** 4 MiB: more than half of G1's regions, in heaps of up to 16 GiB. */
  private static final int SHARED = 1 << 20;

  private float[] array = new float[0];
  private int used;

  public PackedMemory() {}

  /** Zeros, of which nobody else knows. */
  public synchronized Floats allocate(int elements) {
    int lines = CacheLine.rounded(elements);
    if (lines > SHARED / 2) {
      return new Floats(new float[CacheLine.FIRST + lines], CacheLine.FIRST);
    }
    if (lines > array.length - used) {
      array = new float[CacheLine.FIRST + SHARED];
      used = CacheLine.FIRST;
    }
    Floats piece = new Floats(array, used);
    used += lines;
    return piece;
  }
}
