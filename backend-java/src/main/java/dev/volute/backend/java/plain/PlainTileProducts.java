package dev.volute.backend.java.plain;

import dev.volute.backend.java.simd.TileGroups;
import dev.volute.backend.java.simd.TileProducts;

/** Tile by tile. */
final class PlainTileProducts implements TileProducts {
  private static final int LANES = 16;
  private static final int P = TileGroups.run(LANES);
  private static final int RUN = TileGroups.runStep(P);
  private static final int T = TileGroups.TILES;

  @Override
  public int lanes() {
    return LANES;
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
    for (int t = 0; t < tiles; t++) {
      int from = aAt + t / T * aStep + t % T * P;
      for (int column = 0; column < (half ? LANES : 2 * LANES); column += LANES) {
        int to = cAt + t / T * cStep + t % T * P + column / P * RUN;
        System.arraycopy(bias, biasAt + column, c, to, LANES);
        for (int l = 0; l < k; l++) {
          float x = a[from + l / P * RUN + l % P];
          int row = bAt + 2 * l * LANES + column;
          for (int j = 0; j < LANES; j++) {
            c[to + j] += x * b[row + j];
          }
        }
      }
    }
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
    for (int column = 0; column < columns; column += P) {
      for (int t = 0; t < tiles; t++) {
        int from = bAt + column / P * RUN + t / T * bStep + t % T * P;
        for (int i = 0; i < rows; i++) {
          float x = a[aAt + i / P * RUN + i % P + t / T * aStep + t % T * P];
          int to = sAt + column * sRows + i * P;
          for (int j = 0; j < P; j++) {
            s[to + j] += x * b[from + j];
          }
        }
      }
    }
  }
}
