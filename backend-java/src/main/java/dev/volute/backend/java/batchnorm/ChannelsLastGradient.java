package dev.volute.backend.java.batchnorm;

import dev.volute.backend.java.kernel.Activations;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.ColumnFolds;
import dev.volute.backend.java.simd.ColumnScaling;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.spi.Kernel;
import dev.volute.spi.Operands;
import java.util.Optional;

/**
 * The gradients of batch normalisation for rows of channels: the sums over chunks, then the
 * gradient to x, which until then keeps the gradient to the activation's argument.
 *
 * <p>Scratch holds the sums of each chunk, then what the channels are multiplied with.
 */
final class ChannelsLastGradient implements Kernel {
  private final PixelRows rows;
  private final double epsilon;
  private final Floats gamma;
  private final Floats mean;
  private final Floats variance;
  private final Floats toGamma;
  private final Floats toBeta;
  private final Floats sums;
  private final Floats products;
  private final Floats ofG;
  private final Floats ofX;
  private final Floats shift;
  private final Workers.Part sum;
  private final Workers.Part combine;

  ChannelsLastGradient(
      PixelRows rows,
      BatchNormGradient op,
      Operands operands,
      Floats x,
      Floats toResult,
      Floats dx,
      Optional<Floats> y) {
    this.rows = rows;
    epsilon = op.epsilon();
    gamma = Floats.of(operands.input(1));
    mean = Floats.of(operands.input(2));
    variance = Floats.of(operands.input(3));
    toGamma = Floats.of(operands.output(1));
    toBeta = Floats.of(operands.output(2));
    int c = rows.channels();
    sums = Floats.of(operands.scratch().orElseThrow());
    products = sums.plus(rows.chunks() * c);
    ofG = products.plus(rows.chunks() * c);
    ofX = ofG.plus(c);
    shift = ofX.plus(c);
    Optional<FloatMap> activation = Activations.gradient(op.activation(), rows.machine().simd());
    Floats g = activation.isPresent() ? dx : toResult;
    ColumnFolds folds = rows.machine().simd().columnFolds();
    ColumnScaling scaling = rows.machine().simd().columnScaling();
    sum =
        rows.part(
            (number, first, count) -> {
              int at = first * c;
              if (activation.isPresent()) {
                activation
                    .get()
                    .run(
                        count * c,
                        dx.array(),
                        dx.offset() + at,
                        y.orElseThrow().array(),
                        y.orElseThrow().offset() + at,
                        toResult.array(),
                        toResult.offset() + at);
              }
              folds.sumAndCentredDot(
                  count,
                  c,
                  x.array(),
                  x.offset() + at,
                  mean.array(),
                  mean.offset(),
                  g.array(),
                  g.offset() + at,
                  sums.array(),
                  sums.offset() + number * c,
                  products.array(),
                  products.offset() + number * c);
            });
    combine =
        rows.part(
            (number, first, count) -> {
              int at = first * c;
              scaling.combination(
                  count,
                  c,
                  dx.array(),
                  dx.offset() + at,
                  g.array(),
                  g.offset() + at,
                  ofG.array(),
                  ofG.offset(),
                  x.array(),
                  x.offset() + at,
                  mean.array(),
                  mean.offset(),
                  ofX.array(),
                  ofX.offset(),
                  shift.array(),
                  shift.offset());
            });
  }

  static long scratch(PixelRows rows) {
    return (2L * rows.chunks() + 3) * rows.channels();
  }

  @Override
  public void run() {
    rows.machine().workers().run(rows.chunks(), sum);
    int n = rows.rows();
    for (int j = 0; j < rows.channels(); j++) {
      double total = total(sums, j);
      double product = total(products, j);
      double inverse = 1 / Math.sqrt(variance.array()[variance.offset() + j] + epsilon);
      double scale = gamma.array()[gamma.offset() + j] * inverse;
      toBeta.array()[toBeta.offset() + j] = (float) total;
      toGamma.array()[toGamma.offset() + j] = (float) (product * inverse);
      ofG.array()[ofG.offset() + j] = (float) scale;
      ofX.array()[ofX.offset() + j] = (float) (-scale * inverse * inverse * product / n);
      shift.array()[shift.offset() + j] = (float) (-scale * total / n);
    }
    rows.machine().workers().run(rows.chunks(), combine);
  }

  private double total(Floats ofChunks, int channel) {
    double total = 0;
    for (int chunk = 0; chunk < rows.chunks(); chunk++) {
      total += ofChunks.array()[ofChunks.offset() + chunk * rows.channels() + channel];
    }
    return total;
  }
}
