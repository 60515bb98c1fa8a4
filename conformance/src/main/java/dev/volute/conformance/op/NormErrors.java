package dev.volute.conformance.op;

import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.tensor.Shape;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * Bounds of batch normalisation, with n elements a channel and A the largest size of one of them.
 *
 * <p>The mean is a sum: off by at most {@code d = (n + 2) u A}. The variance is a sum of squares
 * about that mean: off by {@code (n + 8) u} of itself, and by {@code d^2}. What is normalised is
 * off by the error of the mean and of the root, and by the rounding of x and of the mean against
 * each other, which also covers {@code x * scale + (beta - mean * scale)}.
 */
final class NormErrors {
  private NormErrors() {}

  /** Elements of one channel and where they are. */
  private record Channels(Shape shape) {
    int number() {
      return shape.dim(1);
    }

    int of(int element) {
      return element / (int) shape.slice(2, shape.rank()).elements() % number();
    }

    double count() {
      return (double) shape.elements() / Math.max(1, number());
    }

    /** The largest size of an element of each channel. */
    double[] largest(double[] x) {
      double[] largest = new double[number()];
      for (int i = 0; i < x.length; i++) {
        largest[of(i)] = Math.max(largest[of(i)], Math.abs(x[i]));
      }
      return largest;
    }
  }

  static List<double[]> training(ErrorModel.Evaluation e) {
    double epsilon = ((BatchNormTraining) e.call().op()).epsilon();
    Channels channels = new Channels(e.call().input(0).shape());
    double[] mean = e.outputs().get(1);
    double[] variance = e.outputs().get(2);
    double[] ofMean = channels.largest(e.inputs().get(0));
    double[] ofVariance = new double[mean.length];
    double u = e.u();
    double n = channels.count();
    for (int c = 0; c < mean.length; c++) {
      ofMean[c] = (n + 2) * u * ofMean[c];
      ofVariance[c] = (n + 8) * u * variance[c] + ofMean[c] * ofMean[c];
    }
    Statistics statistics = new Statistics(mean, variance, ofMean, ofVariance, epsilon, u);
    return List.of(normalised(e, channels, statistics), ofMean, ofVariance);
  }

  static List<double[]> inference(ErrorModel.Evaluation e) {
    double epsilon = ((BatchNormInference) e.call().op()).epsilon();
    Channels channels = new Channels(e.call().input(0).shape());
    double[] none = new double[channels.number()];
    Statistics statistics =
        new Statistics(e.inputs().get(3), e.inputs().get(4), none, none, epsilon, e.u());
    return List.of(normalised(e, channels, statistics));
  }

  /** Mean and variance of each channel with their errors. */
  private record Statistics(
      double[] mean,
      double[] variance,
      double[] ofMean,
      double[] ofVariance,
      double epsilon,
      double u) {
    /** {@code 1 / sqrt(variance + epsilon)}. */
    double factor(int c) {
      return 1 / Math.sqrt(variance[c] + epsilon);
    }

    double normalised(double x, int c) {
      return (x - mean[c]) * factor(c);
    }

    /** Error of {@link #normalised}. */
    double error(double x, int c) {
      double relative = ofVariance[c] / (2 * (variance[c] + epsilon)) + 4 * u;
      return factor(c) * (ofMean[c] + 4 * u * (Math.abs(x) + Math.abs(mean[c])))
          + relative * Math.abs(normalised(x, c));
    }
  }

  private static double[] normalised(
      ErrorModel.Evaluation e, Channels channels, Statistics statistics) {
    double[] x = e.inputs().get(0);
    IntToDoubleFunction residual =
        e.call().op() instanceof BatchNormTraining norm && norm.residual()
            ? i -> e.inputs().get(BatchNormTraining.RESIDUAL_INPUT)[i]
            : i -> 0;
    double[] bound = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int c = channels.of(i);
      double gamma = e.inputs().get(1)[c];
      double beta = e.inputs().get(2)[c];
      bound[i] =
          Math.abs(gamma) * statistics.error(x[i], c)
              + 4 * e.u() * (Math.abs(beta) + Math.abs(residual.applyAsDouble(i)))
              + 16 * e.u() * Math.abs(e.outputs().get(0)[i]);
    }
    return bound;
  }

  static List<double[]> gradient(ErrorModel.Evaluation e) {
    Channels channels = new Channels(e.call().input(0).shape());
    double[] x = e.inputs().get(0);
    double[] gamma = e.inputs().get(1);
    double[] g = e.inputs().get(4);
    double[] none = new double[channels.number()];
    BatchNormGradient op = (BatchNormGradient) e.call().op();
    double epsilon = op.epsilon();
    // No activation enlarges a gradient; its own is off by some units of the gradient that it gets.
    double terms = channels.count() + (op.activation() == Activation.IDENTITY ? 0 : 4);
    double u = e.u();
    Statistics statistics =
        new Statistics(e.inputs().get(2), e.inputs().get(3), none, none, epsilon, u);
    double n = channels.count();
    double[] ofGamma = new double[channels.number()];
    double[] ofBeta = new double[channels.number()];
    for (int i = 0; i < x.length; i++) {
      int c = channels.of(i);
      double size = (Math.abs(x[i]) + Math.abs(statistics.mean()[c])) * statistics.factor(c);
      ofBeta[c] += (terms + 2) * u * Math.abs(g[i]);
      ofGamma[c] += (terms + 8) * u * Math.abs(g[i]) * size;
    }
    double[] ofX = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int c = channels.of(i);
      double normalised = Math.abs(statistics.normalised(x[i], c));
      double toGamma = Math.abs(e.outputs().get(1)[c]);
      double toBeta = Math.abs(e.outputs().get(2)[c]);
      double size = (Math.abs(x[i]) + Math.abs(statistics.mean()[c])) * statistics.factor(c);
      ofX[i] =
          Math.abs(gamma[c])
              * statistics.factor(c)
              * (8 * u * (Math.abs(g[i]) + toBeta / n + size * toGamma / n)
                  + ofBeta[c] / n
                  + normalised * ofGamma[c] / n);
    }
    return List.of(ofX, ofGamma, ofBeta);
  }
}
