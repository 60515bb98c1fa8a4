package dev.volute.backend.java.lanes;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies of a matrix in panels. Several panels are filled at a time, as memory is read fastest
 * along its rows.
 */
final class PanelCopies {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  /** Columns of the narrowest panel. */
  private static final int WIDE = 2 * L;

  private PanelCopies() {}

  /** Packs k rows of b; {@code width} is a multiple of two vectors. */
  static void copy(
      int panels, int width, int k, float[] b, int bAt, int bStep, float[] to, int toAt) {
    int pieces = width / WIDE;
    if (pieces == 4) {
      for (int i = 0; i < panels; i++) {
        copyFour(k, b, bAt + i * width, bStep, to, toAt + i * k * width, width, WIDE);
      }
      return;
    }
    for (int piece = 0; piece < pieces; piece++) {
      int from = bAt + piece * WIDE;
      int at = toAt + piece * WIDE;
      int i = 0;
      for (; i <= panels - 4; i += 4) {
        copyFour(k, b, from + i * width, bStep, to, at + i * k * width, width, k * width);
      }
      for (; i < panels; i++) {
        copyOne(k, b, from + i * width, bStep, to, at + i * k * width, width);
      }
    }
  }

  /** Columns of four pieces, at the distance {@code piece} in the target. */
  private static void copyFour(
      int k, float[] b, int bAt, int bStep, float[] to, int at0, int toStep, int piece) {
    int at1 = at0 + piece;
    int at2 = at1 + piece;
    int at3 = at2 + piece;
    for (int l = 0; l < k; l++) {
      int from = bAt + l * bStep;
      int step = l * toStep;
      FloatVector v0 = FloatVector.fromArray(S, b, from);
      FloatVector v1 = FloatVector.fromArray(S, b, from + L);
      FloatVector v2 = FloatVector.fromArray(S, b, from + 2 * L);
      FloatVector v3 = FloatVector.fromArray(S, b, from + 3 * L);
      FloatVector v4 = FloatVector.fromArray(S, b, from + 4 * L);
      FloatVector v5 = FloatVector.fromArray(S, b, from + 5 * L);
      FloatVector v6 = FloatVector.fromArray(S, b, from + 6 * L);
      FloatVector v7 = FloatVector.fromArray(S, b, from + 7 * L);
      v0.intoArray(to, at0 + step);
      v1.intoArray(to, at0 + step + L);
      v2.intoArray(to, at1 + step);
      v3.intoArray(to, at1 + step + L);
      v4.intoArray(to, at2 + step);
      v5.intoArray(to, at2 + step + L);
      v6.intoArray(to, at3 + step);
      v7.intoArray(to, at3 + step + L);
    }
  }

  /** Copies k rows of two vectors. */
  private static void copyOne(
      int k, float[] b, int bAt, int bStep, float[] to, int toAt, int toStep) {
    for (int l = 0; l < k; l++) {
      int from = bAt + l * bStep;
      int at = toAt + l * toStep;
      FloatVector.fromArray(S, b, from).intoArray(to, at);
      FloatVector.fromArray(S, b, from + L).intoArray(to, at + L);
    }
  }

  /**
   * Copies n rows of {@code columns} elements of b to rows of {@code width}, which zeros fill up.
   * Vectors may reach into the next row, which is written after them.
   */
  static void copyColumns(
      int width, int columns, int n, float[] b, int bAt, int bStep, float[] to, int toAt) {
    int l = 0;
    if (columns == width) {
      int reach = (width + L - 1) / L * L;
      int room = b.length - reach - bAt;
      int vectors = room < 0 ? 0 : Math.min(n, bStep == 0 ? n : room / bStep + 1);
      // The last rows may not reach beyond what is theirs.
      vectors = Math.min(vectors, n + 1 - (reach + width - 1) / width);
      for (; l < vectors; l++) {
        for (int j = 0; j < width; j += L) {
          FloatVector.fromArray(S, b, bAt + l * bStep + j).intoArray(to, toAt + l * width + j);
        }
      }
    }
    for (; l < n; l++) {
      for (int j = 0; j < width; j++) {
        to[toAt + l * width + j] = j < columns ? b[bAt + l * bStep + j] : 0f;
      }
    }
  }
}
