package dev.volute.bench.kernel;

import dev.volute.graph.composite.Softmax;
import dev.volute.graph.composite.SoftmaxCrossEntropy;
import dev.volute.graph.composite.SoftmaxCrossEntropyGradient;
import dev.volute.graph.composite.SoftmaxGradient;
import dev.volute.tensor.TensorType;
import org.openjdk.jmh.annotations.Param;

/** Softmax and its loss: the characters of a batch, and one photograph. */
public class Classification extends KernelBenchmark {
  /** What is computed. */
  public enum Pass {
    /** Probabilities. */
    SOFTMAX,
    /** From probabilities back to logits. */
    SOFTMAX_GRADIENT,
    /** The loss of labels, and probabilities. */
    CROSS_ENTROPY,
    /** From the loss back to logits. */
    CROSS_ENTROPY_GRADIENT
  }

  /** Rows x classes. */
  @Param({"3200x96", "1x1000"})
  public String shape = "";

  /** Direction. */
  @Param public Pass pass = Pass.SOFTMAX;

  @Override
  Work work() {
    String[] sizes = shape.split("x");
    int rows = Integer.parseInt(sizes[0]);
    int classes = Integer.parseInt(sizes[1]);
    TensorType matrix = TensorType.f32(rows, classes);
    TensorType labels = TensorType.i32(rows);
    Work work =
        switch (pass) {
          case SOFTMAX -> Work.of(new Softmax(), matrix);
          case SOFTMAX_GRADIENT -> Work.of(new SoftmaxGradient(), matrix, matrix);
          case CROSS_ENTROPY -> Work.of(new SoftmaxCrossEntropy(), matrix, labels);
          case CROSS_ENTROPY_GRADIENT ->
              Work.of(new SoftmaxCrossEntropyGradient(), matrix, labels, TensorType.f32(rows));
        };
    return work.indicesBelow(classes);
  }
}
