package dev.volute.train;

import dev.volute.graph.Value;
import dev.volute.graph.composite.SoftmaxCrossEntropy;
import dev.volute.tensor.Shape;

/** The usual losses, each a mean over what counts. */
public final class Losses {
  private Losses() {}

  /**
   * {@code -ln softmax(logits)[label]}: logits F32 {@code [batch, ..., classes]}, labels I32 {@code
   * [batch, ...]} in 0 .. classes-1, or -1 for what does not count.
   */
  public static Measure softmaxCrossEntropy() {
    return new CrossEntropy();
  }

  /** {@code (output - target)^2}, mean over all elements; both F32 and of one shape. */
  public static Measure meanSquaredError() {
    return new SquaredError();
  }

  private record CrossEntropy() implements Measure {
    @Override
    public String name() {
      return "cross-entropy";
    }

    @Override
    public Tally of(Value output, Value targets) {
      Targets.requireLabels(this, output, targets);
      int rank = output.shape().rank();
      int classes = output.shape().dim(rank - 1);
      int rows = Math.toIntExact(targets.shape().elements());
      Value labels = targets.reshape(Shape.of(rows));
      Value losses =
          output
              .reshape(Shape.of(rows, classes))
              .applyAll(new SoftmaxCrossEntropy(), labels)
              .get(0);
      return new Tally(losses.sumAll(), Targets.counted(labels).sumAll());
    }
  }

  private record SquaredError() implements Measure {
    @Override
    public String name() {
      return "squared error";
    }

    @Override
    public Tally of(Value output, Value targets) {
      Targets.requireSameType(this, output, targets);
      Value difference = output.subtract(targets);
      return new Tally(
          difference.multiply(difference).sumAll(),
          output.filled(Shape.scalar(), output.shape().elements()));
    }
  }
}
