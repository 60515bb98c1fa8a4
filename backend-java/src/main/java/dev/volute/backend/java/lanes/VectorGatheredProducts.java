package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.GatheredProducts;
import dev.volute.backend.java.simd.PixelProducts.Windows;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** For processors with 32 registers of 16 lanes. */
final class VectorGatheredProducts implements GatheredProducts {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();
  private static final int ROWS = GatheredTile10x2.ROWS;

  /** Elements of a window that are added before the next tile: 32 KiB of filters for 16 lanes. */
  private static final int DEPTH = 256 / L * L;

  private static final float[] ZEROS = new float[2 * L];
  private static final int[] SAME = new int[ROWS];

  /** Lest the compiler leave out what is read ahead. */
  private int read;

  @Override
  public boolean take(Windows windows) {
    return windows.length() > 0 && windows.length() % L == 0;
  }

  @Override
  public void gather(Windows windows, int first, float[] a, int aAt, float[] to, int toAt) {
    int[] from = windows.from();
    int[] places = windows.places();
    for (int i = 0; i < ROWS; i++) {
      int window = aAt + from[first + i];
      int at = toAt + i * L;
      for (int l = 0; l < places.length; l += L, at += ROWS * L) {
        FloatVector.fromArray(S, a, window + places[l]).intoArray(to, at);
      }
    }
  }

  @Override
  public void multiply(
      Windows windows,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      int bEnd,
      int second,
      float[] bias,
      int biasAt,
      boolean added,
      float[] residual,
      int residualAt,
      float low,
      float high,
      float[] c,
      int cAt) {
    int[] to = windows.to();
    int k = windows.places().length;
    int tiles = to.length / ROWS;
    // The first sum starts from bias and residual, the others from the sum so far.
    float[] r = added ? residual : ZEROS;
    int rAt = added ? residualAt : 0;
    // Pieces whose filters stay in the first cache from tile to tile.
    int pieces = Math.max(1, (k + DEPTH - 1) / DEPTH);
    int sum = 0;
    for (int piece = 0; piece < pieces; piece++) {
      int l = k / L * piece / pieces * L;
      int depth = k / L * (piece + 1) / pieces * L - l;
      int y = bAt + l * 2 * L;
      // Each tile reads its share of the next filters ahead, a little in each turn: what is asked
      // for at once is waited for.
      int next = y + depth * 2 * L;
      int quarter = depth * L / 2;
      int step = tiles > 1 && next + depth * 2 * L <= bEnd ? 4 * L / tiles : 0;
      boolean begins = piece == 0;
      for (int at = 0, tile = 0; tile < tiles; at += ROWS, tile++) {
        OperatorClasses.mix();
        sum ^=
            GatheredTile10x2.multiply(
                depth,
                at,
                a,
                aAt + at * k + l * ROWS,
                b,
                y,
                step == 0 ? y : next + (tile * step * depth >> 3),
                step,
                step == 0 ? 0 : quarter,
                second,
                begins ? bias : ZEROS,
                begins ? biasAt : 0,
                begins ? r : c,
                begins ? rAt : cAt,
                begins && !added ? SAME : to,
                begins && !added ? 0 : at,
                c,
                cAt,
                to);
      }
    }
    read = sum;
    // Not in tiles: few of so many sums remain to be bounded, and C2 leaves off in too long a
    // method.
    if (low > Float.NEGATIVE_INFINITY || high < Float.POSITIVE_INFINITY) {
      bound(to, second, low, high, c, cAt);
    }
  }

  private static void bound(int[] to, int second, float low, float high, float[] c, int cAt) {
    FloatVector least = FloatVector.broadcast(S, low);
    FloatVector most = FloatVector.broadcast(S, high);
    for (int row : to) {
      FloatVector v = FloatVector.fromArray(S, c, cAt + row);
      FloatVector w = FloatVector.fromArray(S, c, cAt + row + second);
      v = v.blend(least, v.lt(least));
      w = w.blend(least, w.lt(least));
      v.blend(most, most.lt(v)).intoArray(c, cAt + row);
      w.blend(most, most.lt(w)).intoArray(c, cAt + row + second);
    }
  }
}
