package dev.volute.backend.java.plain;

import dev.volute.backend.java.simd.Uniform;

/** Philox 4x32-10, one block of four numbers after the other. */
final class PlainUniform implements Uniform {
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final long LOW = 0xFFFFFFFFL;

  @Override
  public void fill(long firstBlock, int blocks, int stream, Key key, float[] out, int at) {
    int low = key.low();
    int high = key.high();
    int step = key.step();
    for (int block = 0; block < blocks; block++) {
      int c0 = (int) (firstBlock + block);
      int c1 = (int) (firstBlock + block >>> 32);
      int c2 = stream;
      int c3 = step;
      int k0 = low;
      int k1 = high;
      for (int round = 0; round < 10; round++) {
        long product0 = MULTIPLIER_0 * (c0 & LOW);
        long product1 = MULTIPLIER_1 * (c2 & LOW);
        c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
        c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
        c1 = (int) product1;
        c3 = (int) product0;
        k0 += WEYL_0;
        k1 += WEYL_1;
      }
      int to = at + 4 * block;
      out[to] = unit(c0);
      out[to + 1] = unit(c1);
      out[to + 2] = unit(c2);
      out[to + 3] = unit(c3);
    }
  }

  /** The upper 24 bits times 2^-24. */
  private static float unit(int bits) {
    return (bits >>> 8) * 0x1p-24f;
  }
}
