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
  /** Elements of a laid-out image. */
  int sampleLength() {
    return channels * layout.length();
  }
}
