package dev.volute.backend.java.parallel;

/**
 * A line of the cache, of 64 bytes. A vector that lies across two lines takes longer to read: what
 * is read as vectors begins with a line wherever the array's header, of 16 bytes, does. G1, ZGC and
 * Shenandoah begin large arrays with a region, and {@code -XX:ObjectAlignmentInBytes=64} begins
 * every one with a line.
 */
public final class CacheLine {
  /** Floats of a line. */
  public static final int FLOATS = 64 / Float.BYTES;

  /** Bytes of the first line that are left beside the array's header. */
  public static final int FIRST_BYTES = 64 - 16;

  /** Where the first whole line begins in an array of floats. */
  public static final int FIRST = FIRST_BYTES / Float.BYTES;

  private CacheLine() {}

  /** At least so many floats, in whole lines. */
  public static int rounded(int floats) {
    return Math.addExact(floats, FLOATS - 1) / FLOATS * FLOATS;
  }
}
