package dev.volute.backend.java.batchnorm;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.ColumnFolds;

/**
 * Mean and variance of each channel of rows. Each chunk is summed about its own mean, so that a
 * mean far from zero costs no digits, and chunks are joined in double (Chan, Golub and LeVeque,
 * 1979).
 */
final class ChunkMoments {
  private final PixelRows rows;
  private final Floats means;
  private final Floats squares;
  private final double[] mean;
  private final double[] square;
  private final Workers.Part chunk;

  /**
   * @param memory of {@link #length} elements
   */
  ChunkMoments(PixelRows rows, Floats x, Floats memory) {
    this.rows = rows;
    means = memory;
    squares = memory.plus(rows.chunks() * rows.channels());
    mean = new double[rows.channels()];
    square = new double[rows.channels()];
    int c = rows.channels();
    ColumnFolds folds = rows.machine().simd().columnFolds();
    chunk =
        rows.part(
            (number, first, count) -> {
              int at = x.offset() + first * c;
              int meansAt = means.offset() + number * c;
              folds.sum(count, c, x.array(), at, means.array(), meansAt);
              for (int j = 0; j < c; j++) {
                means.array()[meansAt + j] /= count;
              }
              folds.centredSquares(
                  count,
                  c,
                  x.array(),
                  at,
                  means.array(),
                  meansAt,
                  squares.array(),
                  squares.offset() + number * c);
            });
  }

  static long length(PixelRows rows) {
    return 2L * rows.chunks() * rows.channels();
  }

  /** Stores means and biased variances. */
  void run(Floats meanTo, Floats varianceTo) {
    rows.machine().workers().run(rows.chunks(), chunk);
    int c = rows.channels();
    double seen = 0;
    for (int number = 0; number < rows.chunks(); number++) {
      int count = rows.count(number);
      double all = seen + count;
      for (int j = 0; j < c; j++) {
        double apart = means.array()[means.offset() + number * c + j] - (seen > 0 ? mean[j] : 0);
        double old = seen > 0 ? square[j] : 0;
        square[j] =
            old
                + squares.array()[squares.offset() + number * c + j]
                + apart * apart * seen * count / all;
        mean[j] = (seen > 0 ? mean[j] : 0) + apart * count / all;
      }
      seen = all;
    }
    for (int j = 0; j < c; j++) {
      meanTo.array()[meanTo.offset() + j] = (float) (seen > 0 ? mean[j] : Double.NaN);
      varianceTo.array()[varianceTo.offset() + j] =
          (float) (seen > 0 ? square[j] / seen : Double.NaN);
    }
  }
}
