package dev.volute.backend.java.batchnorm;

import dev.volute.backend.java.kernel.Activations;
import dev.volute.backend.java.kernel.Clamp;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.ColumnScaling;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.graph.composite.Activation;
import java.util.Optional;

/**
 * {@code y = activation(x * factor + shift + residual)} for rows of channels, where factor and
 * shift follow from the statistics.
 */
final class ChannelsLastNorm {
  private final PixelRows rows;
  private final Floats factors;
  private final Floats shifts;
  private final Workers.Part chunk;

  /**
   * @param memory of {@link #length} elements
   */
  ChannelsLastNorm(
      PixelRows rows,
      Floats x,
      Optional<Floats> residual,
      Floats y,
      Activation activation,
      Floats memory) {
    this.rows = rows;
    factors = memory;
    int c = rows.channels();
    shifts = memory.plus(c);
    ColumnScaling columns = rows.machine().simd().columnScaling();
    Clamp clamp = Clamp.of(activation);
    Floats added = residual.orElse(x);
    Optional<FloatMap> last = Activations.map(clamp.rest(), rows.machine().simd());
    chunk =
        rows.part(
            (number, first, count) -> {
              int at = first * c;
              int n = count * c;
              float[] to = y.array();
              int toAt = y.offset() + at;
              columns.affine(
                  count,
                  c,
                  to,
                  toAt,
                  x.array(),
                  x.offset() + at,
                  factors.array(),
                  factors.offset(),
                  shifts.array(),
                  shifts.offset(),
                  residual.isPresent(),
                  added.array(),
                  added.offset() + at,
                  clamp.low(),
                  clamp.high());
              if (last.isPresent()) {
                last.get().run(n, to, toAt, to, toAt, to, toAt);
              }
            });
  }

  static long length(PixelRows rows) {
    return 2L * rows.channels();
  }

  void run(Floats mean, Floats variance, double epsilon, Floats gamma, Floats beta) {
    for (int j = 0; j < rows.channels(); j++) {
      double factor = at(gamma, j) / Math.sqrt(at(variance, j) + epsilon);
      factors.array()[factors.offset() + j] = (float) factor;
      shifts.array()[shifts.offset() + j] = (float) (at(beta, j) - at(mean, j) * factor);
    }
    rows.machine().workers().run(rows.chunks(), chunk);
  }

  private static double at(Floats values, int channel) {
    return values.array()[values.offset() + channel];
  }
}
