package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.Products;

/** Products in tiles whose sums stay in vector registers. */
final class VectorProducts implements Products {
  private static final int LANES = VectorLanes.FLOATS.length();
  private static final int WIDE = 2 * LANES;
  private static final int LOW = 4;

  /** Columns of the tile of one row. */
  private static final int ROW = 8 * LANES;

  /** Elements of b that stay in a near cache from one product to the next: 256 KiB. */
  private static final long NEAR = 1 << 16;

  /** Tiles of eight rows take 19 registers. */
  private static final int HIGH = VectorLanes.MANY_REGISTERS ? 8 : LOW;

  /**
   * Rows of the tile that reads b the least often, where registers are enough; 0 otherwise. Vectors
   * of b often lie across two lines of the cache, which a tile of eight rows waits for.
   */
  private static final int TALL = HIGH == LOW ? 0 : 12;

  /** Columns from which on copying the rows of a to where they are read fastest is worth it. */
  private static final int COPIED_COLUMNS = 2 * WIDE;

  /** What a thread needs beside the matrices. */
  private static final class Scratch {
    /** A tile that does not fit into c. */
    final float[] border = new float[Math.max(HIGH, TALL) * WIDE];

    /** A panel of a. */
    final float[] rows = new float[HIGH * ROW_PITCH];
  }

  private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

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
    if (m == 1) {
      row(n, k, a, aAt, kStep, b, bAt, bStep, c, cAt);
    } else if (m <= LOW || n < COPIED_COLUMNS || isFast(rowStep, kStep)) {
      panels(m, n, k, a, aAt, panelStep, rowStep, kStep, b, bAt, bStep, c, cAt, cStep);
    } else {
      float[] rows = scratch.get().rows;
      for (int l = 0; l < k; l += ROW_PITCH) {
        int depth = Math.min(ROW_PITCH, k - l);
        int bl = bAt + l * bStep;
        for (int i = 0, at = aAt + l * kStep; i < m; i += HIGH, at += panelStep) {
          int height = Math.min(HIGH, m - i);
          int to = cAt + i * cStep;
          if (kStep == 1) {
            copyRows(height, depth, a, at, rowStep, rows);
            panels(height, n, depth, rows, 0, 0, ROW_PITCH, 1, b, bl, bStep, c, to, cStep);
          } else {
            copyColumns(height, depth, a, at, rowStep, kStep, rows);
            panels(height, n, depth, rows, 0, 0, 1, HIGH, b, bl, bStep, c, to, cStep);
          }
        }
      }
    }
  }

  /** Whether a tile of eight rows reads a at constant distances. */
  private static boolean isFast(int rowStep, int kStep) {
    return HIGH == LOW || rowStep == 1 && kStep == HIGH || rowStep == ROW_PITCH && kStep == 1;
  }

  private static void copyRows(int m, int k, float[] a, int aAt, int rowStep, float[] to) {
    for (int i = 0; i < m; i++) {
      System.arraycopy(a, aAt + i * rowStep, to, i * ROW_PITCH, k);
    }
  }

  private static void copyColumns(
      int m, int k, float[] a, int aAt, int rowStep, int kStep, float[] to) {
    for (int l = 0; l < k; l++) {
      int from = aAt + l * kStep;
      for (int i = 0; i < m; i++) {
        to[l * HIGH + i] = a[from + i * rowStep];
      }
    }
  }

  private void row(
      int n,
      int k,
      float[] a,
      int aAt,
      int kStep,
      float[] b,
      int bAt,
      int bStep,
      float[] c,
      int cAt) {
    if ((long) k * n > NEAR) {
      RowProduct.multiplyAdd(n, k, a, aAt, kStep, b, bAt, bStep, c, cAt);
      return;
    }
    int j = 0;
    for (; j + ROW <= n; j += ROW) {
      if (kStep == 1 && bStep == ROW) {
        Tile1x8.packed(k, a, aAt, b, bAt + j, c, cAt + j);
      } else {
        Tile1x8.multiplyAdd(k, a, aAt, kStep, b, bAt + j, bStep, c, cAt + j);
      }
    }
    panels(1, n - j, k, a, aAt, 0, 0, kStep, b, bAt + j, bStep, c, cAt + j, 0);
  }

  @Override
  public void pack(
      int panels, int width, int k, float[] b, int bAt, int bStep, float[] to, int toAt) {
    PanelCopies.copy(panels, width, k, b, bAt, bStep, to, toAt);
  }

  @Override
  public int panelHeight(int rows) {
    return TALL > 0 ? height(rows, TALL) : HIGH;
  }

  @Override
  public void packPanel(
      int height, int rows, int n, float[] x, int xAt, int xStep, float[] to, int toAt) {
    PanelCopies.copyColumns(height, rows, n, x, xAt, xStep, to, toAt);
  }

  @Override
  public void multiplyAddPanels(
      int m, int n, int k, int depth, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt) {
    int i = 0;
    for (; i < m && panelHeight(m - i) == TALL; i += TALL) {
      OperatorClasses.mix();
      Tile12x2.panel(k, a, aAt + i * depth, b, bAt, c, cAt + i * WIDE);
    }
    int rows = panelledRows(m - i);
    int from = aAt + i * depth;
    int to = cAt + i * WIDE;
    panels(rows, WIDE, k, a, from, HIGH * depth, 1, HIGH, b, bAt, WIDE, c, to, WIDE);
  }

  private void panels(
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
    boolean pitched =
        TALL > 0 && kStep == 1 && rowStep == ROW_PITCH && panelStep == HIGH * ROW_PITCH;
    // Rows that may be read, beyond those that count.
    int readable = pitched ? (a.length - aAt - k) / ROW_PITCH + 1 : 0;
    for (int j = 0; j < n; j += WIDE) {
      int width = Math.min(n - j, WIDE);
      boolean mayBeTall = pitched && width > LANES;
      int height;
      int panel = aAt;
      for (int i = 0; i < m; i += height) {
        height = mayBeTall ? height(m - i, readable - i) : HIGH;
        int rows = Math.min(m - i, height);
        int to = cAt + i * cStep + j;
        boolean whole = (rows == TALL || rows == HIGH || rows == LOW) && width == WIDE;
        // The tile of few rows stores two vectors.
        if (whole || HIGH > LOW && rows == HIGH && width == LANES) {
          tile(k, a, panel, rowStep, kStep, rows, b, bAt + j, bStep, width, c, to, cStep);
        } else {
          border(k, a, panel, rowStep, kStep, rows, b, bAt + j, bStep, width, c, to, cStep);
        }
        panel += mayBeTall ? height * ROW_PITCH : panelStep;
      }
    }
  }

  /**
   * Height of the next tile: tall, unless two high ones compute fewer rows that do not count.
   *
   * @param rows that are left
   * @param readable rows that may be read
   */
  private static int height(int rows, int readable) {
    boolean twoHigh = rows > TALL && rows <= 2 * HIGH;
    return rows > HIGH && readable >= TALL && !twoHigh ? TALL : HIGH;
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
    OperatorClasses.mix();
    if (rows <= LOW) {
      Tile4x2.strided(k, a, aAt, rowStep, kStep, rows, b, bAt, bStep, c, cAt, cStep);
      return;
    }
    if (rows > HIGH) {
      Tile12x2.pitched(k, a, aAt, b, bAt, bStep, c, cAt, cStep);
      return;
    }
    boolean panel = rowStep == 1 && kStep == 8 && aAt + k * 8 <= a.length;
    boolean pitched = kStep == 1 && rowStep == ROW_PITCH && aAt + 7 * ROW_PITCH + k <= a.length;
    if (width <= LANES) {
      if (pitched) {
        Tile8x1.pitched(k, a, aAt, b, bAt, bStep, c, cAt, cStep);
      } else if (panel) {
        Tile8x1.panel(k, a, aAt, b, bAt, bStep, c, cAt, cStep);
      } else {
        Tile8x1.strided(k, a, aAt, rowStep, kStep, rows, b, bAt, bStep, c, cAt, cStep);
      }
    } else if (pitched) {
      Tile8x2.pitched(k, a, aAt, b, bAt, bStep, c, cAt, cStep);
    } else if (panel) {
      Tile8x2.panel(k, a, aAt, b, bAt, bStep, c, cAt, cStep);
    } else {
      Tile8x2.strided(k, a, aAt, rowStep, kStep, rows, b, bAt, bStep, c, cAt, cStep);
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
    float[] tile = scratch.get().border;
    for (int i = 0; i < rows; i++) {
      System.arraycopy(c, cAt + i * cStep, tile, i * WIDE, width);
    }
    int read = rows > LOW && width <= LANES ? LANES : WIDE;
    int whole = rowsInside(k, read, b.length, bAt, bStep);
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
