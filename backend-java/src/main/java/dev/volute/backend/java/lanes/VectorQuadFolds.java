package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.QuadFolds;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Folds of vectors of windows: first of the two rows, which makes one row of columns behind the
 * other, then of neighbouring columns, whole vectors from one row of windows to the next.
 */
final class VectorQuadFolds implements QuadFolds {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final VectorSpecies<Integer> I = VectorLanes.INTS;
  private static final int L = S.length();

  /** Every second lane, from the first on. */
  private static final VectorShuffle<Float> EVEN = VectorShuffle.fromOp(S, lane -> 2 * lane % L);

  private static final VectorShuffle<Integer> EVEN_INTS =
      VectorShuffle.fromOp(I, lane -> 2 * lane % L);

  /** Every second lane, from the second on. */
  private static final VectorShuffle<Float> ODD = VectorShuffle.fromOp(S, lane -> 2 * lane % L + 1);

  private static final VectorShuffle<Integer> ODD_INTS =
      VectorShuffle.fromOp(I, lane -> 2 * lane % L + 1);

  /** Each lane of the first half twice. */
  private static final VectorShuffle<Integer> TWICE = VectorShuffle.fromOp(I, lane -> lane / 2);

  private static final VectorMask<Float> FIRST_HALF = VectorMask.fromLong(S, -1L >>> 64 - L / 2);
  private static final VectorMask<Integer> FIRST_HALF_INTS =
      VectorMask.fromLong(I, -1L >>> 64 - L / 2);

  /** 0 and 1 in turns. */
  private static final IntVector PARITY =
      IntVector.zero(I).addIndex(1).lanewise(VectorOperators.AND, 1);

  private final QuadFolds plain;

  /**
   * @param plain for what is too short for vectors
   */
  VectorQuadFolds(QuadFolds plain) {
    this.plain = plain;
  }

  @Override
  public int overrun() {
    return L;
  }

  /** Rows of windows, from the first on, over whose cells vectors reach no array's end. */
  private static int rowsInside(int rows, int width, int room) {
    int inside = rows;
    while (inside > 0 && 4 * inside * width + L > room) {
      inside--;
    }
    return inside;
  }

  @Override
  public void maxima(int rows, int width, float[] x, int xAt, float[] scratch, float[] y, int yAt) {
    int whole = rowsInside(rows, width, x.length - xAt);
    for (int row = 0; row < whole; row++) {
      columnMaxima(2 * width, x, xAt + 4 * row * width, scratch, 2 * row * width);
    }
    int n = whole * width;
    int i = 0;
    for (; i <= n - L; i += L) {
      int at = 2 * i;
      FloatVector first = load(scratch, at).max(load(scratch, at + 1)).rearrange(EVEN);
      FloatVector second = load(scratch, at + L - 1).max(load(scratch, at + L)).rearrange(ODD);
      second.blend(first, FIRST_HALF).intoArray(y, yAt + i);
    }
    for (; i < n; i++) {
      y[yAt + i] = Math.max(scratch[2 * i], scratch[2 * i + 1]);
    }
    plain.maxima(rows - whole, width, x, xAt + 4 * n, scratch, y, yAt + n);
  }

  private static FloatVector load(float[] x, int at) {
    return FloatVector.fromArray(S, x, at);
  }

  private static void columnMaxima(int n, float[] x, int xAt, float[] to, int toAt) {
    for (int j = 0; j < n; j += L) {
      load(x, xAt + j).max(load(x, xAt + n + j)).intoArray(to, toAt + j);
    }
  }

  @Override
  public void firstMaxima(
      int rows,
      int width,
      float[] x,
      int xAt,
      int[] scratch,
      int[] cells,
      float[] y,
      int yAt,
      int[] at,
      int atAt) {
    int whole = rowsInside(rows, width, x.length - xAt);
    // The rest of the last vector is left to plain loops.
    while (whole > 0 && whole * width % L > 0) {
      whole--;
    }
    for (int row = 0; row < whole; row++) {
      firstColumnMaxima(2 * width, x, xAt + 4 * row * width, scratch, cells, 2 * row * width);
    }
    int n = whole * width;
    for (int i = 0; i < n; i += L) {
      firstOfPairs(scratch, cells, 2 * i, y, yAt + i, at, atAt + i);
    }
    plain.firstMaxima(
        rows - whole, width, x, xAt + 4 * n, scratch, cells, y, yAt + n, at, atAt + n);
  }

  private static void firstColumnMaxima(
      int n, float[] x, int xAt, int[] best, int[] cells, int toAt) {
    for (int j = 0; j < n; j += L) {
      IntVector above = VectorWindowFolds.ordered(x, xAt + j);
      IntVector below = VectorWindowFolds.ordered(x, xAt + n + j);
      above.max(below).intoArray(best, toAt + j);
      IntVector.zero(I)
          .blend(2, below.compare(VectorOperators.GT, above))
          .intoArray(cells, toAt + j);
    }
  }

  private static void firstOfPairs(
      int[] best, int[] cells, int from, float[] y, int yAt, int[] at, int atAt) {
    IntVector left = everySecond(best, from);
    IntVector right = everySecond(best, from + 1);
    IntVector leftCell = everySecond(cells, from);
    IntVector rightCell = everySecond(cells, from + 1);
    // Of equals, the right one is first only if it is above and the left one below.
    IntVector before =
        leftCell.lanewise(VectorOperators.AND_NOT, rightCell).lanewise(VectorOperators.LSHR, 1);
    VectorMask<Integer> isRight = right.compare(VectorOperators.GT, left.sub(before));
    VectorWindowFolds.store(left.max(right), y, yAt);
    leftCell.blend(rightCell.add(1), isRight).intoArray(at, atAt);
  }

  private static IntVector everySecond(int[] x, int at) {
    IntVector first = IntVector.fromArray(I, x, at).rearrange(EVEN_INTS);
    return IntVector.fromArray(I, x, at + L - 1).rearrange(ODD_INTS).blend(first, FIRST_HALF_INTS);
  }

  @Override
  public void spread(
      int rows, int width, int[] at, int atAt, float[] g, int gAt, float[] x, int xAt) {
    int room = Math.min(at.length - atAt, g.length - gAt);
    // What a vector writes behind a row is overwritten with the next one, so the last is not its.
    int whole = Math.max(0, Math.min(rows - 1, (room - L) / Math.max(1, width)));
    for (int row = 0; row < whole; row++) {
      int from = row * width;
      spreadRow(width, at, atAt + from, g, gAt + from, x, xAt + 4 * from, 0);
      spreadRow(width, at, atAt + from, g, gAt + from, x, xAt + 4 * from + 2 * width, 2);
    }
    int n = whole * width;
    plain.spread(rows - whole, width, at, atAt + n, g, gAt + n, x, xAt + 4 * n);
  }

  /** One row of cells, the first of which has this number. */
  private static void spreadRow(
      int width, int[] at, int atAt, float[] g, int gAt, float[] x, int xAt, int cell) {
    IntVector cells = PARITY.add(cell);
    for (int i = 0; i < width; i += L / 2) {
      IntVector place = IntVector.fromArray(I, at, atAt + i).rearrange(TWICE);
      IntVector value = load(g, gAt + i).reinterpretAsInts().rearrange(TWICE);
      IntVector.zero(I)
          .blend(value, place.compare(VectorOperators.EQ, cells))
          .reinterpretAsFloats()
          .intoArray(x, xAt + 2 * i);
    }
  }
}
