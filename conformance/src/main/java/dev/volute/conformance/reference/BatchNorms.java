package dev.volute.conformance.reference;

import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.spi.Kernel;
import dev.volute.tensor.Shape;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** Batch normalisation of each channel, the second axis. */
final class BatchNorms {
  private BatchNorms() {}

  static Kernel training(BatchNormTraining op, List<Elements> inputs, List<Elements> outputs) {
    Elements x = inputs.get(0);
    Elements mean = outputs.get(1);
    Elements variance = outputs.get(2);
    return () -> {
      int[] channels = channels(x.shape());
      double[] counts = counts(channels, mean.size());
      mean.clear();
      for (int i = 0; i < x.size(); i++) {
        mean.add(channels[i], x.get(i) / counts[channels[i]]);
      }
      variance.clear();
      for (int i = 0; i < x.size(); i++) {
        double centred = x.get(i) - mean.get(channels[i]);
        variance.add(channels[i], centred * centred / counts[channels[i]]);
      }
      Statistics statistics = new Statistics(mean, variance, op.epsilon());
      IntToDoubleFunction residual =
          op.residual() ? inputs.get(BatchNormTraining.RESIDUAL_INPUT)::get : i -> 0;
      normalise(op.activation(), inputs, statistics, residual, outputs.get(0));
      for (int c = 0; c < mean.size(); c++) {
        if (counts[c] == 0) {
          mean.set(c, Double.NaN);
          variance.set(c, Double.NaN);
        }
      }
    };
  }

  static Kernel inference(BatchNormInference op, List<Elements> inputs, Elements y) {
    Statistics statistics = new Statistics(inputs.get(3), inputs.get(4), op.epsilon());
    return () -> normalise(op.activation(), inputs, statistics, i -> 0, y);
  }

  private record Statistics(Elements mean, Elements variance, double epsilon) {
    double root(int channel) {
      return Math.sqrt(variance.get(channel) + epsilon);
    }

    double normalised(double x, int channel) {
      return (x - mean.get(channel)) / root(channel);
    }
  }

  private static void normalise(
      Activation activation,
      List<Elements> inputs,
      Statistics statistics,
      IntToDoubleFunction residual,
      Elements y) {
    Elements x = inputs.get(0);
    int[] channels = channels(x.shape());
    for (int i = 0; i < x.size(); i++) {
      int c = channels[i];
      double scaled = inputs.get(1).get(c) * statistics.normalised(x.get(i), c);
      double sum = scaled + inputs.get(2).get(c) + residual.applyAsDouble(i);
      y.set(i, Elementwise.activation(activation, sum));
    }
  }

  static Kernel gradient(BatchNormGradient op, List<Elements> inputs, List<Elements> outputs) {
    Elements x = inputs.get(0);
    Elements gamma = inputs.get(1);
    Elements toResult = inputs.get(BatchNormGradient.GRADIENT_INPUT);
    IntToDoubleFunction g =
        op.activation() == Activation.IDENTITY
            ? toResult::get
            : i ->
                Elementwise.activationGradient(
                    op.activation(),
                    inputs.get(BatchNormGradient.RESULT_INPUT).get(i),
                    toResult.get(i));
    Statistics statistics = new Statistics(inputs.get(2), inputs.get(3), op.epsilon());
    Elements dgamma = outputs.get(1);
    Elements dbeta = outputs.get(2);
    return () -> {
      int[] channels = channels(x.shape());
      double[] counts = counts(channels, gamma.size());
      dgamma.clear();
      dbeta.clear();
      for (int i = 0; i < x.size(); i++) {
        dbeta.add(channels[i], g.applyAsDouble(i));
        dgamma.add(channels[i], g.applyAsDouble(i) * statistics.normalised(x.get(i), channels[i]));
      }
      for (int i = 0; i < x.size(); i++) {
        int c = channels[i];
        double centred =
            g.applyAsDouble(i)
                - dbeta.get(c) / counts[c]
                - statistics.normalised(x.get(i), c) * dgamma.get(c) / counts[c];
        outputs.get(0).set(i, gamma.get(c) / statistics.root(c) * centred);
      }
    };
  }

  /** The channel of each element of {@code [batch, channels, spatial...]}. */
  private static int[] channels(Shape shape) {
    int plane = (int) shape.slice(2, shape.rank()).elements();
    int[] channels = new int[(int) shape.elements()];
    for (int i = 0; i < channels.length; i++) {
      channels[i] = i / plane % shape.dim(1);
    }
    return channels;
  }

  private static double[] counts(int[] channels, int number) {
    double[] counts = new double[number];
    for (int channel : channels) {
      counts[channel]++;
    }
    return counts;
  }
}
