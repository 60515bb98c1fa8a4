package dev.volute.bench.kernel;

import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.tensor.TensorType;
import org.openjdk.jmh.annotations.Param;

/** Batch normalisation of 2^22 elements. */
public class BatchNormalisation extends KernelBenchmark {
  private static final double EPSILON = 1e-5;

  /** What is computed. */
  public enum Pass {
    /** Statistics of the batch, and the result of these. */
    TRAINING,
    /** Gradients to the image and to the parameters. */
    GRADIENT,
    /** With given statistics. */
    PREDICTION
  }

  /** Channels; the images are the larger the fewer they are. */
  @Param({"16", "64", "256"})
  public int channels;

  /** Direction. */
  @Param public Pass pass = Pass.TRAINING;

  @Override
  Work work() {
    int size = channels == 16 ? 64 : channels == 64 ? 32 : 16;
    TensorType x = TensorType.f32(64, channels, size, size);
    TensorType each = TensorType.f32(channels);
    return switch (pass) {
      case TRAINING -> Work.of(new BatchNormTraining(EPSILON, Activation.RELU), x, each, each);
      case GRADIENT -> Work.of(new BatchNormGradient(EPSILON), x, each, each, each, x);
      case PREDICTION ->
          Work.of(new BatchNormInference(EPSILON, Activation.RELU), x, each, each, each, each);
    };
  }
}
