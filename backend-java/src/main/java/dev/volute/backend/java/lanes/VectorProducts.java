package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.Products;

/** Products in tiles whose sums stay in vector registers. */
final class VectorProducts implements Products {
  private static final int LANES = VectorLanes.FLOATS.length();
  private static final int WIDE = 3 * LANES;
  private static final int LOW = 4;

  /** Columns of the tile of one row. */
  private static final int ROW = 8 * LANES;

  /** Elements of b that stay in a near cache from one product to the next: 256 KiB. */
  private static final long NEAR = 1 << 16;

  /** Tiles of eight rows take 28 registers; processors with vectors of 32 bytes may have 16. */
  private static final int HIGH =
      LANES >= 16 || System.getProperty("os.arch").equals("aarch64") ? 8 : LOW;

  /** A tile that does not fit into c. */
  private final ThreadLocal<float[]> border = ThreadLocal.withInitial(() -> new float[HIGH * WIDE]);

  @Override
  public int panelRows() {
    return HIGH;
  }

  @Override
  public int panelColumns() {
    return WIDE;
  }

  @Override
  public int rowColumns() {
    return ROW;
  }

  @Override
  public void multiplyAdd(
      int m,
      int n,
      int k,
      float[] a,
      int aAt,
      int panelStep,
      int rowStep,
      int kStep,
      float[] b,
      int bAt,
      int bStep,
      float[] c,
      int cAt,
      int cStep) {
    if (m == 1 && (long) k * n > NEAR) {
      RowProduct.multiplyAdd(n, k, a, aAt, kStep, b, bAt, bStep, c, cAt);
      return;
    }
    int j = 0;
    for (; m == 1 && j + ROW <= n; j += ROW) {
      Tile1x8.multiplyAdd(k, a, aAt, kStep, b, bAt + j, bStep, c, cAt + j);
    }
    while (j < n) {
      int width = n - j >= WIDE ? WIDE : Math.min(n - j, LANES);
      for (int i = 0, panel = aAt; i < m; i += HIGH, panel += panelStep) {
        int rows = Math.min(m - i, HIGH);
        int to = cAt + i * cStep + j;
        boolean whole = (rows == HIGH || rows == LOW) && width % LANES == 0;
        if (whole) {
          tile(k, a, panel, rowStep, kStep, rows, b, bAt + j, bStep, width, c, to, cStep);
        } else {
          border(k, a, panel, rowStep, kStep, rows, b, bAt + j, bStep, width, c, to, cStep);
        }
      }
      j += width;
    }
  }

  private static void tile(
      int k,
      float[] a,
      int aAt,
      int rowStep,
      int kStep,
      int rows,
      float[] b,
      int bAt,
      int bStep,
      int width,
      float[] c,
      int cAt,
      int cStep) {
    if (rows > LOW) {
      boolean panel = rowStep == 1 && aAt + (k - 1) * kStep + 8 <= a.length;
      boolean pitched =
          kStep == 1
              && rowStep == Products.ROW_PITCH
              && aAt + 7 * Products.ROW_PITCH + k <= a.length;
      if (width > LANES) {
        if (pitched) {
          PitchedTile8x3.multiplyAdd(k, a, aAt, b, bAt, bStep, c, cAt, cStep);
        } else if (panel) {
          Tile8x3.multiplyAdd(k, a, aAt, kStep, b, bAt, bStep, c, cAt, cStep);
        } else {
          StridedTile8x3.multiplyAdd(k, a, aAt, rowStep, kStep, rows, b, bAt, bStep, c, cAt, cStep);
        }
      } else if (pitched) {
        PitchedTile8x1.multiplyAdd(k, a, aAt, b, bAt, bStep, c, cAt, cStep);
      } else if (panel) {
        Tile8x1.multiplyAdd(k, a, aAt, kStep, b, bAt, bStep, c, cAt, cStep);
      } else {
        StridedTile8x1.multiplyAdd(k, a, aAt, rowStep, kStep, rows, b, bAt, bStep, c, cAt, cStep);
      }
    } else if (width > LANES) {
      Tile4x3.multiplyAdd(k, a, aAt, rowStep, kStep, rows, b, bAt, bStep, c, cAt, cStep);
    } else {
      Tile4x1.multiplyAdd(k, a, aAt, rowStep, kStep, rows, b, bAt, bStep, c, cAt, cStep);
    }
  }

  private void border(
      int k,
      float[] a,
      int aAt,
      int rowStep,
      int kStep,
      int rows,
      float[] b,
      int bAt,
      int bStep,
      int width,
      float[] c,
      int cAt,
      int cStep) {
    float[] tile = border.get();
    for (int i = 0; i < rows; i++) {
      System.arraycopy(c, cAt + i * cStep, tile, i * WIDE, width);
    }
    int whole = rowsInside(k, Math.max(width, LANES), b.length, bAt, bStep);
    tile(whole, a, aAt, rowStep, kStep, rows, b, bAt, bStep, width, tile, 0, WIDE);
    for (int l = whole; l < k; l++) {
      for (int i = 0; i < rows; i++) {
        float x = a[aAt + i * rowStep + l * kStep];
        for (int j = 0; j < width; j++) {
          tile[i * WIDE + j] = Math.fma(x, b[bAt + l * bStep + j], tile[i * WIDE + j]);
        }
      }
    }
    for (int i = 0; i < rows; i++) {
      System.arraycopy(tile, i * WIDE, c, cAt + i * cStep, width);
    }
  }

  /** How many rows of b, as vectors, end inside its array. */
  private static int rowsInside(int k, int width, int length, int bAt, int bStep) {
    if (k == 0 || bAt + (k - 1) * bStep + width <= length) {
      return k;
    }
    int room = length - width - bAt;
    return room < 0 ? 0 : Math.min(k, bStep == 0 ? k : room / bStep + 1);
  }
}
