package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.GatheredProducts;
import dev.volute.backend.java.simd.PixelProducts;
import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Products in tiles that fill the vector registers. */
final class VectorPixelProducts implements PixelProducts {
  private static final VectorSpecies<Float> S = VectorLanes.FLOATS;
  private static final int L = S.length();

  /** Processors with vectors this long have 32 of them. */
  private static final boolean TALL = L >= 16;

  private static final int ROWS = TALL ? PixelTile10x2.ROWS : PixelTile6x2.ROWS;

  /** Elements of a run that are worth beginning a tile for. */
  private static final int SHORT = 48;

  /** Elements of a run that are added before the next tile: 24 KiB of filters for 16 lanes. */
  private static final int DEPTH = 192;

  private static final float[] ZEROS = new float[2 * L];
  private static final int[] SAME = new int[ROWS];

  private final Optional<GatheredProducts> gathered =
      TALL ? Optional.of(new VectorGatheredProducts()) : Optional.empty();

  @Override
  public int rows() {
    return ROWS;
  }

  @Override
  public int lanes() {
    return L;
  }

  @Override
  public Optional<GatheredProducts> gathered() {
    return gathered;
  }

  @Override
  public void multiply(
      Windows windows,
      int first,
      int end,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
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
    int[] from = windows.from();
    int[] to = windows.to();
    int[] runs = windows.runs();
    int k = windows.length();
    // The first sum starts from bias and residual, the others from the sum so far.
    float[] r = added ? residual : ZEROS;
    int rAt = added ? residualAt : 0;
    // The first tile is bounded in any case, if only by infinity: C2 leaves a branch out of a tile
    // that it has not seen taken, and when a network takes it later, throws the tile away.
    boolean bounds = low > Float.NEGATIVE_INFINITY || high < Float.POSITIVE_INFINITY;
    if (TALL && runs.length > 1 && k < SHORT) {
      for (int at = first; at < end; at += ROWS) {
        OperatorClasses.mix();
        ScatteredTile10x2.multiply(
            windows.places().length,
            windows.places(),
            at,
            a,
            aAt,
            from,
            b,
            bAt,
            second,
            bias,
            biasAt,
            r,
            rAt,
            added ? to : SAME,
            added ? at : 0,
            bounds || at == first,
            low,
            high,
            c,
            cAt,
            to);
      }
      return;
    }
    // Runs in pieces whose filters stay in the first cache from tile to tile.
    int pieces = Math.max(1, (k + DEPTH - 1) / DEPTH);
    for (int number = 0; number < runs.length * pieces; number++) {
      int l = k * (number % pieces) / pieces;
      int depth = k * (number % pieces + 1) / pieces - l;
      int x = aAt + runs[number / pieces] + l;
      int y = bAt + (number / pieces * k + l) * 2 * L;
      boolean begins = number == 0;
      boolean ends = number == runs.length * pieces - 1;
      for (int at = first; at < end; at += ROWS) {
        multiply(
            depth,
            at,
            a,
            x,
            from,
            b,
            y,
            second,
            begins ? bias : ZEROS,
            begins ? biasAt : 0,
            begins ? r : c,
            begins ? rAt : cAt,
            begins && !added ? SAME : to,
            begins && !added ? 0 : at,
            ends && bounds || at == first,
            ends ? low : Float.NEGATIVE_INFINITY,
            ends ? high : Float.POSITIVE_INFINITY,
            c,
            cAt,
            to);
      }
    }
  }

  @Override
  public void passRelu(
      Windows windows,
      int first,
      int end,
      int second,
      float[] relu,
      int reluAt,
      float[] c,
      int cAt) {
    int[] to = windows.to();
    for (int at = first; at < end; at++) {
      passRelu(relu, reluAt + to[at], c, cAt + to[at]);
      passRelu(relu, reluAt + to[at] + second, c, cAt + to[at] + second);
    }
  }

  private static void passRelu(float[] relu, int reluAt, float[] c, int cAt) {
    FloatVector gradient = FloatVector.fromArray(S, c, cAt);
    VectorMask<Float> passes =
        FloatVector.fromArray(S, relu, reluAt).compare(VectorOperators.GT, 0f);
    FloatVector.zero(S).blend(gradient, passes).intoArray(c, cAt);
  }

  private static void multiply(
      int k,
      int at,
      float[] a,
      int aAt,
      int[] from,
      float[] b,
      int bAt,
      int second,
      float[] bias,
      int biasAt,
      float[] r,
      int rAt,
      int[] rRows,
      int rRowsAt,
      boolean bounded,
      float low,
      float high,
      float[] c,
      int cAt,
      int[] to) {
    OperatorClasses.mix();
    if (TALL && second == 0) {
      PixelTile10x1.multiply(
          k, at, a, aAt, from, b, bAt, bias, biasAt, r, rAt, rRows, rRowsAt, bounded, low, high, c,
          cAt, to);
    } else if (TALL) {
      PixelTile10x2.multiply(
          k, at, a, aAt, from, b, bAt, second, bias, biasAt, r, rAt, rRows, rRowsAt, bounded, low,
          high, c, cAt, to);
    } else {
      PixelTile6x2.multiply(
          k, at, a, aAt, from, b, bAt, second, bias, biasAt, r, rAt, rRows, rRowsAt, bounded, low,
          high, c, cAt, to);
    }
  }
}
