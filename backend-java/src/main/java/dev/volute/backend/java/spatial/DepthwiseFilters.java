package dev.volute.backend.java.spatial;

/**
 * One filter a channel, packed cell by cell: {@code [kernel height, kernel width, channels]}.
 *
 * @param cells of a filter
 */
record DepthwiseFilters(int channels, int cells) implements FilterPacking {
  @Override
  public int length() {
    return channels * cells;
  }

  @Override
  public int pieces() {
    return cells;
  }

  @Override
  public void pack(int piece, float[] filters, int filtersAt, float[] packed, int packedAt) {
    for (int channel = 0; channel < channels; channel++) {
      packed[packedAt + piece * channels + channel] = filters[filtersAt + channel * cells + piece];
    }
  }
}
