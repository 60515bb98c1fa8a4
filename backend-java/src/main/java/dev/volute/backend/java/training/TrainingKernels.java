package dev.volute.backend.java.training;

import dev.volute.backend.java.kernel.Bindings;
import dev.volute.graph.composite.AdamUpdate;
import dev.volute.graph.composite.Dropout;
import dev.volute.graph.composite.SgdUpdate;
import dev.volute.graph.composite.Softmax;
import dev.volute.graph.composite.SoftmaxCrossEntropy;
import dev.volute.graph.composite.SoftmaxCrossEntropyGradient;
import dev.volute.graph.composite.SoftmaxGradient;

/** The bindings of this package. */
public final class TrainingKernels {
  private TrainingKernels() {}

  public static void register(Bindings bindings) {
    bindings.put(
        Softmax.class,
        (op, call, operands, machine) -> SoftmaxKernels.softmax(call, operands, machine));
    bindings.put(
        SoftmaxGradient.class,
        (op, call, operands, machine) -> SoftmaxKernels.softmaxGradient(call, operands, machine));
    bindings.put(
        SoftmaxCrossEntropy.class,
        (op, call, operands, machine) -> SoftmaxKernels.crossEntropy(call, operands, machine));
    bindings.put(
        SoftmaxCrossEntropyGradient.class,
        (op, call, operands, machine) ->
            SoftmaxKernels.crossEntropyGradient(call, operands, machine));
    bindings.put(Dropout.class, DropoutKernel::new);
    bindings.put(SgdUpdate.class, UpdateKernels::sgd);
    bindings.put(AdamUpdate.class, UpdateKernels::adam);
  }
}
