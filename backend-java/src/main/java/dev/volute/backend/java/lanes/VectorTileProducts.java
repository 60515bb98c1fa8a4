package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.TileGroups;
import dev.volute.backend.java.simd.TileProducts;

/** Products of tiles whose sums stay in vector registers. */
final class VectorTileProducts implements TileProducts {
  private static final int L = VectorLanes.FLOATS.length();
  private static final int P = TileGroups.run(L);
  private static final int RUN = TileGroups.runStep(P);
  private static final int T = TileGroups.TILES;
  private static final boolean MANY = VectorLanes.MANY_REGISTERS;

  /** Lest the compiler leave out what is read ahead. */
  private int read;

  @Override
  public int lanes() {
    return L;
  }

  @Override
  public void multiply(
      int tiles,
      int k,
      float[] a,
      int aAt,
      int aStep,
      float[] b,
      int bAt,
      int next,
      boolean half,
      float[] bias,
      int biasAt,
      float[] c,
      int cAt,
      int cStep) {
    if (MANY && next != bAt && !half && k % 2 == 0) {
      readingAhead(tiles, k, a, aAt, aStep, b, bAt, next, bias, biasAt, c, cAt, cStep);
      return;
    }
    int rows;
    for (int t = 0; t < tiles; t += rows) {
      int from = aAt + t / T * aStep + t % T * P;
      int to = cAt + t / T * cStep + t % T * P;
      OperatorClasses.mix();
      if (half && MANY) {
        rows = GroupTile16x1.ROWS;
        GroupTile16x1.multiply(k, a, from, b, bAt, bias, biasAt, c, to);
      } else if (half) {
        rows = GroupTile8x1.ROWS;
        GroupTile8x1.multiply(k, a, from, b, bAt, bias, biasAt, c, to);
      } else if (MANY) {
        rows = GroupTile8x2.ROWS;
        GroupTile8x2.multiply(k, a, from, b, bAt, bias, biasAt, c, to);
      } else {
        rows = GroupTile4x2.ROWS;
        GroupTile4x2.multiply(k, a, from, b, bAt, bias, biasAt, c, to);
      }
    }
  }

  /** Each eight tiles read their share of the next filters ahead. */
  private void readingAhead(
      int tiles,
      int k,
      float[] a,
      int aAt,
      int aStep,
      float[] b,
      int bAt,
      int next,
      float[] bias,
      int biasAt,
      float[] c,
      int cAt,
      int cStep) {
    int rows = AheadTile8x2.ROWS;
    int step = 4 * L / ((tiles + rows - 1) / rows);
    int sum = 0;
    for (int t = 0; t < tiles; t += rows) {
      int from = aAt + t / T * aStep + t % T * P;
      int to = cAt + t / T * cStep + t % T * P;
      OperatorClasses.mix();
      int ahead = next + (t / rows * step * k >> 3);
      sum ^= AheadTile8x2.multiply(k, a, from, b, bAt, ahead, step, k * L / 2, bias, biasAt, c, to);
    }
    read = sum;
  }

  @Override
  public void addSums(
      int tiles,
      int rows,
      int columns,
      float[] a,
      int aAt,
      int aStep,
      float[] b,
      int bAt,
      int bStep,
      float[] s,
      int sAt,
      int sRows) {
    int aBetween = aStep - T * P;
    int bBetween = bStep - T * P;
    int vectors = (columns + L - 1) / L;
    int sNext = L < P ? L : sRows * P;
    int width;
    for (int v = 0; v < vectors; v += width) {
      int column = v * L / P * RUN + v * L % P;
      int sum = sAt + v * L / P * sRows * P + v * L % P;
      width = MANY && v + 1 < vectors ? 2 : 1;
      int height;
      for (int i = 0; i < rows; i += height) {
        int row = aAt + i / P * RUN + i % P;
        int to = sum + i * P;
        OperatorClasses.mix();
        if (width == 2) {
          height = TileSums8x2.ROWS;
          TileSums8x2.add(tiles, a, row, aBetween, b, bAt + column, bBetween, s, to, sNext);
        } else if (MANY) {
          height = TileSums16x1.ROWS;
          TileSums16x1.add(tiles, a, row, aBetween, b, bAt + column, bBetween, s, to);
        } else {
          height = TileSums8x1.ROWS;
          TileSums8x1.add(tiles, a, row, aBetween, b, bAt + column, bBetween, s, to);
        }
      }
    }
  }
}
