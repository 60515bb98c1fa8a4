package dev.volute.backend.java.batchnorm;

import dev.volute.backend.java.kernel.Bindings;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.graph.composite.BatchNormTraining;

/**
 * Batch normalisation: where all operands lie channels last, row by row, else one channel after the
 * other. Its sums are of runs of floats, in double.
 */
public final class BatchNormKernels {
  private BatchNormKernels() {}

  public static void register(Bindings bindings) {
    bindings.put(BatchNormTraining.class, new TrainingBinding());
    bindings.put(BatchNormInference.class, new InferenceBinding());
    bindings.put(BatchNormGradient.class, new GradientBinding());
  }
}
