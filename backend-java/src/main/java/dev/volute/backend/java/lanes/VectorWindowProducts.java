package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.WindowProducts;

/** Products in tiles whose sums stay in vector registers. */
final class VectorWindowProducts implements WindowProducts {
  private static final int UNIT = 2 * VectorLanes.FLOATS.length();

  /** While so many windows are multiplied, a panel of filters stays in the first cache. */
  private static final int COLUMNS = 4 * UNIT;

  private static final int LOW = WindowTile4x2.ROWS;

  /** A tile of ten rows takes 23 registers. */
  private static final int TALL = VectorLanes.MANY_REGISTERS ? WindowTile10x2.ROWS : LOW;

  @Override
  public int columns() {
    return COLUMNS;
  }

  @Override
  public int unit() {
    return UNIT;
  }

  @Override
  public int panelHeight(int rows) {
    return rows > 2 * LOW ? TALL : LOW;
  }

  @Override
  public int panelPitch(int height) {
    return height == LOW ? LOW : WindowTile10x2.PITCH;
  }

  @Override
  public void multiply(
      int m,
      int n,
      int k,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      int[] cells,
      float[] bias,
      int biasAt,
      float low,
      float[] c,
      int cAt,
      int cStep) {
    OperatorClasses.mix();
    int panel = aAt;
    int height;
    for (int i = 0; i < m; i += height) {
      height = panelHeight(m - i);
      int last = Math.min(height, m - i) - 1;
      for (int j = 0; j < n; j += UNIT) {
        int to = cAt + i * cStep + j;
        if (height == LOW) {
          WindowTile4x2.multiply(
              k, a, panel, b, bAt + j, cells, bias, biasAt + i, low, last, c, to, cStep);
        } else {
          WindowTile10x2.multiply(
              k, a, panel, b, bAt + j, cells, bias, biasAt + i, low, last, c, to, cStep);
        }
      }
      panel += k * panelPitch(height);
    }
  }
}
