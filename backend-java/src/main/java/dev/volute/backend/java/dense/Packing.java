package dev.volute.backend.java.dense;

import dev.volute.backend.java.simd.Products;
import java.util.Arrays;

/** Copies of matrices in the order in which products read them. */
final class Packing {
  /** Steps of k between which a panel's cells stay in the first cache. */
  private static final int DEPTH = 64;

  private Packing() {}

  /**
   * Copies m rows by k columns of a matrix, times alpha, to rows at the distance {@link
   * Products#ROW_PITCH}, which k may not exceed.
   *
   * @param rowStep distance of rows; 1 where {@code kStep} is not
   * @param kStep distance of columns
   */
  static void rows(
      int m, int k, float alpha, float[] a, int aAt, int rowStep, int kStep, float[] to, int toAt) {
    if (kStep != 1) {
      transposedRows(m, k, alpha, a, aAt, kStep, to, toAt);
      return;
    }
    for (int i = 0; i < m; i++) {
      int from = aAt + i * rowStep;
      int row = toAt + i * Products.ROW_PITCH;
      if (alpha != 1f) {
        scale(k, alpha, a, from, to, row);
      } else {
        System.arraycopy(a, from, to, row, k);
      }
    }
  }

  /**
   * Reads what lies side by side: the lines written stay in the first cache until they are full.
   */
  private static void transposedRows(
      int m, int k, float alpha, float[] a, int aAt, int kStep, float[] to, int toAt) {
    for (int l = 0; l < k; l++) {
      scaleToColumn(m, alpha, a, aAt + l * kStep, to, toAt + l);
    }
  }

  /**
   * Packs k rows by n columns of a matrix in panels of {@code width} columns: panel by panel, in it
   * row by row. The last panel is filled up with zeros.
   *
   * @param kStep distance of rows
   * @param columnStep distance of columns
   */
  static void columns(
      int k,
      int n,
      float[] b,
      int bAt,
      int kStep,
      int columnStep,
      int width,
      Products products,
      float[] to,
      int toAt) {
    int whole = n / width;
    if (columnStep == 1) {
      products.pack(whole, width, k, b, bAt, kStep, to, toAt);
    } else {
      for (int i = 0; i < whole; i++) {
        int from = bAt + i * width * columnStep;
        transpose(k, width, b, from, kStep, columnStep, width, to, toAt + i * width * k);
      }
    }
    int columns = n - whole * width;
    if (columns > 0) {
      int panel = toAt + whole * width * k;
      Arrays.fill(to, panel, panel + width * k, 0f);
      int from = bAt + whole * width * columnStep;
      transpose(k, columns, b, from, kStep, columnStep, width, to, panel);
    }
  }

  /**
   * Copies k rows by n columns of a matrix.
   *
   * @param kStep distance of rows
   * @param columnStep distance of columns
   * @param toStep distance of rows in the copy, whose columns lie side by side
   */
  static void transpose(
      int k,
      int n,
      float[] b,
      int bAt,
      int kStep,
      int columnStep,
      int toStep,
      float[] to,
      int toAt) {
    for (int l = 0; l < k; l += DEPTH) {
      int depth = Math.min(DEPTH, k - l);
      for (int j = 0; j < n; j++) {
        int from = bAt + l * kStep + j * columnStep;
        copy(depth, b, from, kStep, to, toAt + l * toStep + j, toStep);
      }
    }
  }

  private static void copy(
      int n, float[] from, int at, int step, float[] to, int toAt, int toStep) {
    for (int i = 0; i < n; i++, at += step, toAt += toStep) {
      to[toAt] = from[at];
    }
  }

  private static void scale(int n, float alpha, float[] from, int at, float[] to, int toAt) {
    for (int i = 0; i < n; i++) {
      to[toAt + i] = alpha * from[at + i];
    }
  }

  /** With a constant step, C2 checks no bounds inside the loop. */
  private static void scaleToColumn(
      int n, float alpha, float[] from, int at, float[] to, int toAt) {
    for (int i = 0; i < n; i++) {
      to[toAt + i * Products.ROW_PITCH] = alpha * from[at + i];
    }
  }
}
