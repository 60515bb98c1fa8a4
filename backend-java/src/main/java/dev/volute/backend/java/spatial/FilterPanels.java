package dev.volute.backend.java.spatial;

import dev.volute.backend.java.simd.Products;
import java.util.stream.IntStream;

/**
 * How the filters of a convolution are packed for products: group by group, block of columns by
 * block, in each in panels of rows.
 *
 * @param rows of each group's matrix
 * @param tops the first row of each panel, and behind the last what all panels have room for
 * @param block columns of a block
 * @param groupStep distance of groups in the filters as they lie
 * @param rowStep distance there of a group's rows
 * @param offsets where in the filters the elements of a group's first row lie, one for each column
 */
record FilterPanels(
    int groups, int rows, int[] tops, int block, int groupStep, int rowStep, int[] offsets)
    implements FilterPacking {
  /** Elements of a sum that are added before the next: a panel of columns fits the cache. */
  private static final int BLOCK = 384;

  /** In panels of {@link Products#panelRows}, for {@link Products#multiplyAdd}. */
  static FilterPanels even(
      int groups, int rows, int groupStep, int rowStep, int[] offsets, Products products) {
    int height = products.panelRows();
    int[] tops =
        IntStream.rangeClosed(0, (rows + height - 1) / height).map(i -> i * height).toArray();
    return new FilterPanels(
        groups, rows, tops, Math.max(1, offsets.length), groupStep, rowStep, offsets);
  }

  /** In panels of {@link Products#panelHeight}, for {@link Products#multiplyAddPanels}. */
  static FilterPanels fitted(
      int groups, int rows, int groupStep, int rowStep, int[] offsets, Products products) {
    IntStream.Builder tops = IntStream.builder();
    int top = 0;
    for (; top < rows; top += products.panelHeight(rows - top)) {
      tops.add(top);
    }
    tops.add(top);
    int blocks = Math.max(1, (offsets.length + BLOCK - 1) / BLOCK);
    int block = Math.max(1, (offsets.length + blocks - 1) / blocks);
    return new FilterPanels(
        groups, rows, tops.build().toArray(), block, groupStep, rowStep, offsets);
  }

  int depth() {
    return offsets.length;
  }

  private int panels() {
    return tops.length - 1;
  }

  /** Rows of all panels. */
  int room() {
    return tops[panels()];
  }

  /** Elements of a packed group. */
  int groupLength() {
    return room() * depth();
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
    int top = tops[piece % panels()];
    int height = tops[piece % panels() + 1] - top;
    int from = filtersAt + piece / panels() * groupStep + top * rowStep;
    int present = Math.min(height, rows - top);
    int group = packedAt + piece / panels() * groupLength();
    for (int first = 0; first < depth(); first += block) {
      int end = Math.min(first + block, depth());
      int to = group + first * room() + (end - first) * top;
      for (int l = first; l < end; l++, to += height) {
        for (int row = 0; row < present; row++) {
          packed[to + row] = filters[from + offsets[l] + row * rowStep];
        }
        for (int row = present; row < height; row++) {
          packed[to + row] = 0f;
        }
      }
    }
  }
}
