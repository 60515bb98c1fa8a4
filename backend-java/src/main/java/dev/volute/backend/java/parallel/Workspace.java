package dev.volute.backend.java.parallel;

/**
 * Arrays of each thread's own, for values that live no longer than one part of a kernel. They are
 * made when a thread first asks, and stay: a kernel that has run once finds them there.
 */
public final class Workspace {
  private final ThreadLocal<Arrays> arrays = ThreadLocal.withInitial(Arrays::new);

  private static final class Arrays {
    private final float[][] floats = new float[5][0];
    private final int[][] ints = new int[3][0];
    private double[] doubles = new double[0];
  }

  public Workspace() {}

  /**
   * This thread's array in a slot. Whoever asks for the same slot gets the same array: a part that
   * calls another function must know which slots that one uses.
   *
   * @param slot 0 to 4
   * @param length how many elements are needed at least, from {@link CacheLine#FIRST} on
   */
  public float[] floats(int slot, int length) {
    float[][] own = arrays.get().floats;
    if (own[slot].length < CacheLine.FIRST + length) {
      own[slot] = new float[CacheLine.FIRST + length];
    }
    return own[slot];
  }

  /**
   * This thread's array of ints in a slot.
   *
   * @param slot 0 to 2
   * @param length how many elements are needed at least
   */
  public int[] ints(int slot, int length) {
    int[][] own = arrays.get().ints;
    if (own[slot].length < length) {
      own[slot] = new int[length];
    }
    return own[slot];
  }

  /** This thread's array of doubles, {@code length} elements at least. */
  public double[] doubles(int length) {
    Arrays own = arrays.get();
    if (own.doubles.length < length) {
      own.doubles = new double[length];
    }
    return own.doubles;
  }
}
