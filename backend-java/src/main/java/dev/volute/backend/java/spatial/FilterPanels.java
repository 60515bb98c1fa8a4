package dev.volute.backend.java.spatial;

/**
 * How the filters of a convolution are packed for products: group by group, in panels of rows.
 *
 * @param rows of each group's matrix
 * @param height rows of a panel
 * @param groupStep distance of groups in the filters as they lie
 * @param rowStep distance there of a group's rows
 * @param offsets where in the filters the elements of a group's first row lie, one for each column
 */
record FilterPanels(int groups, int rows, int height, int groupStep, int rowStep, int[] offsets)
    implements FilterPacking {

  int depth() {
    return offsets.length;
  }

  private int panels() {
    return (rows + height - 1) / height;
  }

  /** Elements of a packed group. */
  int groupLength() {
    return panels() * height * depth();
  }

  @Override
  public int length() {
    return groups * groupLength();
  }

  @Override
  public int pieces() {
    return groups * panels();
  }

  @Override
  public void pack(int piece, float[] filters, int filtersAt, float[] packed, int packedAt) {
    int top = piece % panels() * height;
    int from = filtersAt + piece / panels() * groupStep + top * rowStep;
    int present = Math.min(height, rows - top);
    int to = packedAt + piece * height * depth();
    for (int offset : offsets) {
      for (int row = 0; row < present; row++) {
        packed[to + row] = filters[from + offset + row * rowStep];
      }
      for (int row = present; row < height; row++) {
        packed[to + row] = 0f;
      }
      to += height;
    }
  }
}
