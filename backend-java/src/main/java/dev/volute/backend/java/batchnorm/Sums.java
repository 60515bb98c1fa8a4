package dev.volute.backend.java.batchnorm;

/** Sums over a channel: pieces in single precision, their sum in double. */
record Sums(Channels channels) {
  private static final int PIECE = 512;

  double sum(Image x, int channel, int slot) {
    float[] array = channels.array(x, slot);
    double total = 0;
    for (int run = 0; run < channels.runs(); run++) {
      int at = channels.start(x, channel, run);
      for (int i = 0; i < channels.runLength(); i += PIECE) {
        int n = Math.min(PIECE, channels.runLength() - i);
        total += channels.machine().simd().reductions().sum(n, array, at + i);
      }
    }
    return total;
  }

  /** The sum of {@code (a - aMean) * (b - bMean)}. */
  double centredDot(Image a, float aMean, Image b, float bMean, int channel, int aSlot, int bSlot) {
    float[] as = channels.array(a, aSlot);
    float[] bs = channels.array(b, bSlot);
    double total = 0;
    for (int run = 0; run < channels.runs(); run++) {
      int aAt = channels.start(a, channel, run);
      int bAt = channels.start(b, channel, run);
      for (int i = 0; i < channels.runLength(); i += PIECE) {
        int n = Math.min(PIECE, channels.runLength() - i);
        total +=
            channels.machine().simd().rows().centredDot(n, as, aAt + i, aMean, bs, bAt + i, bMean);
      }
    }
    return total;
  }
}
