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
  /** How the filters of each product are packed. */
  List<FilterPanels> filters() {
    return products.stream().map(WindowProduct::filters).toList();
  }

  /** Elements of a laid-out image. */
  int sampleLength() {
    return channels * layout.length();
  }
}
