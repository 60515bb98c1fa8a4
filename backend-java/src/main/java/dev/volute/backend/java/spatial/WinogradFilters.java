package dev.volute.backend.java.spatial;

import dev.volute.backend.java.parallel.Workspace;
import dev.volute.backend.java.simd.WinogradTransforms;

/**
 * Filters of 3 by 3 as Winograd's minimal filtering F(4x4, 3x3) multiplies by them: {@code u = G g
 * G^T}, 36 matrices that are packed in panels of rows; rows behind the last hold anything. Packing
 * uses slots 0 and 1 of the workspace.
 *
 * @param rows of each matrix: the channels of the result
 * @param depth its columns: the channels of the image
 * @param height rows of a panel
 * @param rowStep distance of rows in the filters as they lie
 * @param depthStep distance there of columns
 * @param turned whether filters are turned by 180 degrees, as the gradient to an image needs them
 */
record WinogradFilters(
    int rows,
    int depth,
    int height,
    int rowStep,
    int depthStep,
    boolean turned,
    WinogradTransforms transforms,
    Workspace workspace)
    implements FilterPacking {
  static final int MATRICES = 36;

  private static final int CELLS = 9;

  /** Columns that are transformed at a time. */
  private static final int COLUMNS = 16;

  @Override
  public int pieces() {
    return (rows + height - 1) / height;
  }

  /** Elements of a packed matrix. */
  int matrixLength() {
    return pieces() * height * depth;
  }

  @Override
  public int length() {
    return MATRICES * matrixLength();
  }

  /** Packs one panel of all matrices. */
  @Override
  public void pack(int panel, float[] filters, int filtersAt, float[] packed, int packedAt) {
    int length = height * COLUMNS;
    float[] nine = workspace.floats(0, CELLS * length);
    float[] transformed = workspace.floats(1, MATRICES * length);
    int top = panel * height;
    int present = Math.min(height, rows - top);
    for (int l = 0; l < depth; l += COLUMNS) {
      int columns = Math.min(COLUMNS, depth - l);
      int from = filtersAt + top * rowStep + l * depthStep;
      for (int row = 0; row < present; row++) {
        for (int column = 0; column < columns; column++) {
          int at = from + row * rowStep + column * depthStep;
          gather(filters, at, nine, column * height + row, length);
        }
      }
      transforms.filter(columns * height, nine, 0, length, transformed, 0, length);
      int to = packedAt + (top * depth + l * height);
      for (int i = 0; i < MATRICES; i++) {
        System.arraycopy(
            transformed, i * length, packed, to + i * matrixLength(), columns * height);
      }
    }
  }

  private void gather(float[] filters, int at, float[] nine, int to, int step) {
    for (int i = 0; i < CELLS; i++) {
      nine[to + i * step] = filters[turned ? at + CELLS - 1 - i : at + i];
    }
  }
}
