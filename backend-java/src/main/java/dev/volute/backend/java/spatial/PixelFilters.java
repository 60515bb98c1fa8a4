package dev.volute.backend.java.spatial;

import dev.volute.backend.java.simd.PixelProducts;

/**
 * How filters are packed for {@link PixelProducts}: group by group, in panels of twice {@code
 * lanes} columns. The last panel ends with the last filter, and repeats some of the one before; if
 * there are fewer filters than columns, its halves overlap; if fewer than half as many, zeros fill
 * it up.
 *
 * @param filters of each group
 * @param groupStep distance of groups in the filters as they lie
 * @param filterStep distance there of a group's filters
 * @param offsets where the elements of a group's first filter lie, in the order of the sum
 */
record PixelFilters(
    int groups, int filters, int lanes, int groupStep, int filterStep, int[] offsets)
    implements FilterPacking {

  /** Panels of a group. */
  int panels() {
    return Math.max(1, (filters + 2 * lanes - 1) / (2 * lanes));
  }

  /**
   * Into how many shares a group's panels are divided, so that no two compute the same filters: the
   * last two panels are one if they overlap. A share's first panel has its number.
   */
  int shares() {
    return Math.max(1, filters / (2 * lanes));
  }

  /** Elements of a panel. */
  int panelLength() {
    return 2 * lanes * offsets.length;
  }

  /** The filter of a panel's first column. */
  int first(int panel) {
    return Math.max(0, Math.min(2 * lanes * panel, filters - 2 * lanes));
  }

  /** How many filters further a panel's second half begins. */
  int second() {
    return Math.max(0, Math.min(lanes, filters - lanes));
  }

  /** Whether there are fewer filters than half a panel has columns. */
  boolean isNarrow() {
    return filters < lanes;
  }

  @Override
  public int length() {
    return groups * panels() * panelLength();
  }

  @Override
  public int pieces() {
    return groups * panels();
  }

  @Override
  public void pack(int piece, float[] source, int sourceAt, float[] packed, int packedAt) {
    int from = sourceAt + piece / panels() * groupStep + first(piece % panels()) * filterStep;
    int to = packedAt + piece * panelLength();
    for (int half = 0; half < 2; half++) {
      for (int lane = 0; lane < lanes; lane++) {
        int filter = half * second() + lane;
        int at = to + half * lanes + lane;
        for (int l = 0; l < offsets.length; l++) {
          packed[at + 2 * l * lanes] =
              filter < filters ? source[from + filter * filterStep + offsets[l]] : 0f;
        }
      }
    }
  }
}
