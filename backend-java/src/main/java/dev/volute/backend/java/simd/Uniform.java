package dev.volute.backend.java.simd;

/** The numbers of {@link dev.volute.random.Philox}, many at a time. */
@FunctionalInterface
public interface Uniform {
  /**
   * Writes elements {@code 4 * firstBlock} to {@code 4 * (firstBlock + blocks) - 1} of a stream as
   * floats in [0, 1).
   */
  void fill(long firstBlock, int blocks, int stream, Key key, float[] out, int at);

  /**
   * What a graph gives in place of a seed.
   *
   * @param numbers holds seed low, seed high and step
   * @param at where the first of them is
   * @param stride how far apart they are
   */
  record Key(int[] numbers, int at, int stride) {
    public int low() {
      return numbers[at];
    }

    public int high() {
      return numbers[at + stride];
    }

    public int step() {
      return numbers[at + 2 * stride];
    }
  }
}
