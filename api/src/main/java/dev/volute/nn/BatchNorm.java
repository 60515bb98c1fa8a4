package dev.volute.nn;

import dev.volute.graph.Value;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.tensor.Shape;
import java.util.List;

/**
 * Batch normalisation (Ioffe and Szegedy, 2015) over axis 1: {@code y = gamma * (x - mean) /
 * sqrt(variance + epsilon) + beta}. In training, mean and variance are the batch's, and the running
 * ones move towards them by {@code momentum} (the variance unbiased); in prediction they are the
 * running ones.
 *
 * <p>Parameters: {@code gamma}, {@code beta}; statistics: {@code mean}, {@code variance}; all
 * {@code [channels]}.
 */
public record BatchNorm(double momentum, double epsilon) implements Layer {
  public BatchNorm {
    if (!(momentum > 0 && momentum <= 1) || !(epsilon > 0)) {
      throw new IllegalArgumentException(
          "batchNorm needs 0 < momentum <= 1 and epsilon > 0, not " + momentum + ", " + epsilon);
    }
  }

  @Override
  public Value apply(Value x, LayerScope scope) {
    return scope.within(
        () -> {
          Shape shape = x.shape();
          if (shape.rank() < 2) {
            throw scope.misfit("batchNorm needs [batch, channels, ...], not " + shape);
          }
          Shape perChannel = Shape.of(shape.dim(1));
          Value gamma = scope.parameter("gamma", perChannel, Initializer.ones());
          Value beta = scope.parameter("beta", perChannel, Initializer.zeros());
          Value mean = scope.statistic("mean", perChannel, Initializer.zeros());
          Value variance = scope.statistic("variance", perChannel, Initializer.ones());
          if (!scope.training()) {
            BatchNormInference norm = new BatchNormInference(epsilon, Activation.IDENTITY);
            return x.apply(norm, gamma, beta, mean, variance);
          }
          BatchNormTraining norm = new BatchNormTraining(epsilon, Activation.IDENTITY);
          List<Value> results = x.applyAll(norm, gamma, beta);
          double count = (double) shape.elements() / Math.max(1, shape.dim(1));
          double unbiased = count > 1 ? count / (count - 1) : 1;
          scope.update(mean, moved(mean, results.get(1)));
          scope.update(variance, moved(variance, results.get(2).multiply(unbiased)));
          return results.get(0);
        });
  }

  private Value moved(Value running, Value batch) {
    return running.multiply(1 - momentum).add(batch.multiply(momentum));
  }

  @Override
  public String toString() {
    return "batchNorm";
  }
}
