package dev.volute.runtime;

import dev.volute.VoluteException;
import dev.volute.spi.IndexRangeException;
import dev.volute.spi.Kernel;
import dev.volute.spi.Operand;
import dev.volute.tensor.Tensor;
import java.util.List;

/** A plan bound to memory: an array of kernels, and where its inputs and outputs lie. */
final class Instance {
  /** A kernel and the layer it works for. */
  record BoundStep(Kernel kernel, String path) {}

  private final BoundStep[] compute;
  private final BoundStep[] commit;
  private final Operand[] inputs;
  private final Operand[] outputs;

  Instance(
      List<BoundStep> compute,
      List<BoundStep> commit,
      List<Operand> inputs,
      List<Operand> outputs) {
    this.compute = compute.toArray(BoundStep[]::new);
    this.commit = commit.toArray(BoundStep[]::new);
    this.inputs = inputs.toArray(Operand[]::new);
    this.outputs = outputs.toArray(Operand[]::new);
  }

  void compute(List<Tensor> given, List<Tensor> results) {
    for (int i = 0; i < inputs.length; i++) {
      inputs[i].memory().write(inputs[i].view().offset(), given.get(i));
    }
    run(compute);
    for (int i = 0; i < outputs.length; i++) {
      outputs[i].memory().read(outputs[i].view().offset(), results.get(i));
    }
  }

  void commit() {
    run(commit);
  }

  private static void run(BoundStep[] steps) {
    for (BoundStep step : steps) {
      try {
        step.kernel.run();
      } catch (IndexRangeException e) {
        throw step.path.isEmpty() ? e : new VoluteException(step.path + ": " + e.getMessage(), e);
      }
    }
  }

  void close() {
    for (BoundStep step : compute) {
      step.kernel.close();
    }
    for (BoundStep step : commit) {
      step.kernel.close();
    }
  }
}
