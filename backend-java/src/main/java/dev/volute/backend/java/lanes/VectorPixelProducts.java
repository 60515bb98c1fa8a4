package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.PixelProducts;

/** Products in tiles that fill the vector registers. */
final class VectorPixelProducts implements PixelProducts {
  private static final int L = VectorLanes.FLOATS.length();

  /** Processors with vectors this long have 32 of them. */
  private static final boolean TALL = L >= 16;

  private static final int ROWS = TALL ? PixelTile10x2.ROWS : PixelTile6x2.ROWS;

  /** Elements of a run that are worth beginning a tile for. */
  private static final int SHORT = 48;

  private static final float[] ZEROS = new float[2 * L];
  private static final int[] SAME = new int[ROWS];

  @Override
  public int rows() {
    return ROWS;
  }

  @Override
  public int lanes() {
    return L;
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
    int last = runs.length - 1;
    for (int at = first; at < end; at += ROWS) {
      // The first run starts from bias and residual, the others from the sum so far.
      float[] r = added ? residual : ZEROS;
      int rAt = added ? residualAt : 0;
      int[] rRows = added ? to : SAME;
      int rRowsAt = added ? at : 0;
      if (TALL && last > 0 && k < SHORT) {
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
            rRows,
            rRowsAt,
            low,
            high,
            c,
            cAt,
            to);
        continue;
      }
      float[] start = bias;
      int startAt = biasAt;
      for (int run = 0; run <= last; run++) {
        float least = run == last ? low : Float.NEGATIVE_INFINITY;
        float most = run == last ? high : Float.POSITIVE_INFINITY;
        int x = aAt + runs[run];
        int y = bAt + 2 * run * k * L;
        if (TALL) {
          PixelTile10x2.multiply(
              k, at, a, x, from, b, y, second, start, startAt, r, rAt, rRows, rRowsAt, least, most,
              c, cAt, to);
        } else {
          PixelTile6x2.multiply(
              k, at, a, x, from, b, y, second, start, startAt, r, rAt, rRows, rRowsAt, least, most,
              c, cAt, to);
        }
        start = ZEROS;
        startAt = 0;
        r = c;
        rAt = cAt;
        rRows = to;
        rRowsAt = at;
      }
    }
  }
}
