package dev.volute.backend.java.spatial;

import dev.volute.backend.java.simd.Products;
import dev.volute.backend.java.simd.WindowProducts;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * How the filters of a convolution are packed for products: group by group, in panels of rows.
 *
 * @param rows of each group's matrix
 * @param tops the first row of each panel, and behind the last what all panels have room for
 * @param places how many elements for one column the panels before each take, and all together
 * @param groupStep distance of groups in the filters as they lie
 * @param rowStep distance there of a group's rows
 * @param offsets where in the filters the elements of a group's first row lie, one for each column
 */
record FilterPanels(
    int groups, int rows, int[] tops, int[] places, int groupStep, int rowStep, int[] offsets)
    implements FilterPacking {
  /** In panels of {@link Products#panelRows}, for {@link Products#multiplyAdd}. */
  static FilterPanels even(
      int groups, int rows, int groupStep, int rowStep, int[] offsets, Products products) {
    int height = products.panelRows();
    int[] tops =
        IntStream.rangeClosed(0, (rows + height - 1) / height).map(i -> i * height).toArray();
    return new FilterPanels(groups, rows, tops, tops, groupStep, rowStep, offsets);
  }

  /** In panels for {@link WindowProducts}. */
  static FilterPanels fitted(
      int groups, int rows, int groupStep, int rowStep, int[] offsets, WindowProducts products) {
    IntStream.Builder tops = IntStream.builder().add(0);
    IntStream.Builder places = IntStream.builder().add(0);
    int top = 0;
    int place = 0;
    while (top < rows) {
      int height = products.panelHeight(rows - top);
      top += height;
      place += products.panelPitch(height);
      tops.add(top);
      places.add(place);
    }
    return new FilterPanels(
        groups,
        rows,
        tops.build().toArray(),
        places.build().toArray(),
        groupStep,
        rowStep,
        offsets);
  }

  int depth() {
    return offsets.length;
  }

  private int panels() {
    return tops.length - 1;
  }

  /** Elements of a packed group. */
  int groupLength() {
    return places[panels()] * depth();
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
    int panel = piece % panels();
    int top = tops[panel];
    int present = Math.min(rows, tops[panel + 1]) - top;
    int from = filtersAt + piece / panels() * groupStep + top * rowStep;
    int to = packedAt + piece / panels() * groupLength() + places[panel] * depth();
    int pitch = places[panel + 1] - places[panel];
    for (int offset : offsets) {
      for (int row = 0; row < present; row++) {
        packed[to + row] = filters[from + offset + row * rowStep];
      }
      Arrays.fill(packed, to + present, to + pitch, 0f);
      to += pitch;
    }
  }
}
