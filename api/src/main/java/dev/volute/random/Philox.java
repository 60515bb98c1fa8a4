package dev.volute.random;

/**
 * Philox 4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw ("Parallel random
 * numbers: as easy as 1, 2, 3", SC 2011). A pure function of key and counter: the same on every
 * backend, in any order, on any number of threads.
 *
 * <p>A block of four 32-bit words comes from a 64-bit key and a 128-bit counter. Volute uses {@code
 * key = (seed low, seed high)} and {@code counter = (block low, block high, stream, step)}: element
 * {@code i} of a random tensor is word {@code i % 4} of block {@code i / 4}; {@code stream} tells
 * apart the uses of one seed (each parameter, each dropout layer), and {@code step} the training
 * steps.
 */
public final class Philox {
  private static final int MULTIPLIER_0 = 0xD2511F53;
  private static final int MULTIPLIER_1 = 0xCD9E8D57;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final float UNIT = 0x1p-24f;

  private final long seed;
  private final int stream;
  private final int step;

  public Philox(long seed, int stream, int step) {
    this.seed = seed;
    this.stream = stream;
    this.step = step;
  }

  /** Element {@code index} of the stream as 32 random bits. */
  public int bits(long index) {
    long block = index >>> 2;
    return word(
        (int) block,
        (int) (block >>> 32),
        stream,
        step,
        (int) seed,
        (int) (seed >>> 32),
        (int) index & 3);
  }

  /** Element {@code index} as a float in [0, 1): its upper 24 bits times 2^-24. */
  public float uniform(long index) {
    return (bits(index) >>> 8) * UNIT;
  }

  /**
   * Element {@code index} of a standard normal stream: Box-Muller on the words {@code 2 index} and
   * {@code 2 index + 1}, computed in double precision with {@link StrictMath} so that every machine
   * gives the same bits.
   */
  public float normal(long index) {
    double u = ((bits(2 * index) & 0xFFFFFFFFL) + 0.5) * 0x1p-32;
    double v = (bits(2 * index + 1) & 0xFFFFFFFFL) * 0x1p-32;
    return (float) (StrictMath.sqrt(-2 * StrictMath.log(u)) * StrictMath.cos(2 * Math.PI * v));
  }

  /**
   * A whole number in [0, bound), by multiplication and shift; the bias is below 2^-32 times bound.
   */
  public int integer(long index, int bound) {
    return (int) (((bits(index) & 0xFFFFFFFFL) * bound) >>> 32);
  }

  /** A permutation of 0 .. n-1 (Fisher and Yates, from the end). */
  public int[] permutation(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    for (int i = n - 1; i > 0; i--) {
      int j = integer(i, i + 1);
      int kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
    return order;
  }

  /**
   * Elements {@code 0 .. count-1} as floats in [0, 1), written to {@code target} at {@code offset}.
   */
  public void uniforms(float[] target, int offset, int count) {
    for (int i = 0; i < count; i++) {
      target[offset + i] = uniform(i);
    }
  }

  /**
   * One block: ten rounds over the counter {@code (c0, c1, c2, c3)} with the key {@code (k0, k1)}.
   */
  public static int[] block(int c0, int c1, int c2, int c3, int k0, int k1) {
    int[] words = new int[4];
    for (int i = 0; i < 4; i++) {
      words[i] = word(c0, c1, c2, c3, k0, k1, i);
    }
    return words;
  }

  private static int word(int c0, int c1, int c2, int c3, int k0, int k1, int which) {
    for (int round = 0; round < 10; round++) {
      long product0 = (MULTIPLIER_0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
      long product1 = (MULTIPLIER_1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
      int next0 = (int) (product1 >>> 32) ^ c1 ^ k0;
      int next2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c1 = (int) product1;
      c3 = (int) product0;
      c0 = next0;
      c2 = next2;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    return switch (which) {
      case 0 -> c0;
      case 1 -> c1;
      case 2 -> c2;
      default -> c3;
    };
  }

  /**
   * A stream number from a name (FNV-1a, 32 bits), so that a parameter's initial values depend on
   * its path and the seed and on nothing else.
   */
  public static int stream(String name) {
    int hash = 0x811C9DC5;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ (name.charAt(i) & 0xFF)) * 0x01000193;
      hash = (hash ^ (name.charAt(i) >>> 8)) * 0x01000193;
    }
    return hash;
  }
}
