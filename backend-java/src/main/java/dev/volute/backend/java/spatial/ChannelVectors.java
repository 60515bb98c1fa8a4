package dev.volute.backend.java.spatial;

/** Whether channels that lie side by side fill vectors of 16 so well that it pays. */
final class ChannelVectors {
  private static final int LANES = 16;

  private ChannelVectors() {}

  /** Whether it pays for windows of several cells. */
  static boolean areFilled(int channels) {
    return share(channels) >= 0.8;
  }

  /** Whether it pays for a convolution: one of single cells has more to gain. */
  static boolean areFilled(int channels, ConvolutionShape convolution) {
    return share(channels) >= (convolution.area() == 1 ? 0.7 : 0.8);
  }

  private static double share(int channels) {
    int vectors = (channels + LANES - 1) / LANES;
    return (double) channels / (vectors * LANES);
  }
}
