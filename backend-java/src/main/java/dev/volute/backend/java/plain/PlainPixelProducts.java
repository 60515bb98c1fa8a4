package dev.volute.backend.java.plain;

import dev.volute.backend.java.simd.GatheredProducts;
import dev.volute.backend.java.simd.PixelProducts;
import dev.volute.backend.java.simd.Products;
import java.util.Optional;

/** Products of as many windows at once as lie at equal distances, and their results too. */
final class PlainPixelProducts implements PixelProducts {
  private static final int LANES = 16;

  private final Products products = new PlainProducts();

  @Override
  public int rows() {
    return 1;
  }

  @Override
  public int lanes() {
    return LANES;
  }

  @Override
  public Optional<GatheredProducts> gathered() {
    return Optional.empty();
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
    // Halves that overlap are computed one after the other; one is enough where both are the same.
    int width = second == LANES ? 2 * LANES : LANES;
    int columns = second == 0 ? LANES : 2 * LANES;
    int[] to = windows.to();
    for (int at = first, count; at < end; at += count) {
      count = regular(windows, at, end);
      for (int half = 0, column = 0; half < columns; half += width, column += second) {
        for (int i = at; i < at + count; i++) {
          int row = column + to[i];
          for (int j = 0; j < width; j++) {
            float sum = bias[biasAt + column + j];
            c[cAt + row + j] = added ? sum + residual[residualAt + row + j] : sum;
          }
        }
        add(windows, at, count, width, a, aAt, b, bAt + half, c, cAt + column);
        for (int i = at; i < at + count; i++) {
          int row = cAt + column + to[i];
          for (int j = row; j < row + width; j++) {
            c[j] = Math.min(high, Math.max(low, c[j]));
          }
        }
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
    for (int at = first; at < end; at++) {
      int row = windows.to()[at];
      passRelu(relu, reluAt + row, c, cAt + row);
      passRelu(relu, reluAt + row + second, c, cAt + row + second);
    }
  }

  private static void passRelu(float[] relu, int reluAt, float[] c, int cAt) {
    for (int i = 0; i < LANES; i++) {
      c[cAt + i] = relu[reluAt + i] > 0 ? c[cAt + i] : 0;
    }
  }

  /** How many windows from there on lie at equal distances. */
  private static int regular(Windows windows, int at, int end) {
    int[] from = windows.from();
    int[] to = windows.to();
    int next = at + 1;
    while (next < end
        && from[next] - from[next - 1] == from[at + 1] - from[at]
        && to[next] - to[next - 1] == to[at + 1] - to[at]) {
      next++;
    }
    return next - at;
  }

  private void add(
      Windows windows,
      int at,
      int count,
      int width,
      float[] a,
      int aAt,
      float[] b,
      int bAt,
      float[] c,
      int cAt) {
    int[] from = windows.from();
    int[] to = windows.to();
    int step = count > 1 ? from[at + 1] - from[at] : 0;
    int cStep = count > 1 ? to[at + 1] - to[at] : 0;
    int k = windows.length();
    int row = bAt;
    for (int run : windows.runs()) {
      products.multiplyAdd(
          count,
          width,
          k,
          a,
          aAt + from[at] + run,
          products.panelRows() * step,
          step,
          1,
          b,
          row,
          2 * LANES,
          c,
          cAt + to[at],
          cStep);
      row += 2 * LANES * k;
    }
  }
}
