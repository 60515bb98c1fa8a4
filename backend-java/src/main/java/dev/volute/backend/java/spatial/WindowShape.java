package dev.volute.backend.java.spatial;

import java.util.List;

/**
 * Which windows of which images are multiplied by which filters.
 *
 * @param channels of an image
 * @param layout of each channel
 * @param products over the windows of the laid-out images
 */
record WindowShape(int samples, int channels, PlaneLayout layout, List<WindowProduct> products) {
  /** Elements that are laid out at a time, if more than one sample: they fit the second cache. */
  private static final int BLOCK = 1 << 17;

  /** How the filters of each product are packed. */
  List<FilterPanels> filters() {
    return products.stream().map(WindowProduct::filters).toList();
  }

  /** How many samples to lay out at a time that have so many elements. */
  static int block(int samples, int sampleLength) {
    return Math.max(1, Math.min(samples, BLOCK / Math.max(1, sampleLength)));
  }

  /** Samples that are laid out at a time. */
  int block() {
    return layout.isJoint()
        ? layout.step() / layout.plane()
        : block(samples, channels * layout.length());
  }

  /** Distance of laid-out images. */
  int sampleStep() {
    return layout.isJoint() ? layout.plane() : channels * layout.length();
  }

  /** Elements of a block. */
  long length() {
    return (long) channels * layout.length() * (layout.isJoint() ? 1 : block());
  }
}
