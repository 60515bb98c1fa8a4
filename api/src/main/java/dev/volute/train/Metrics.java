package dev.volute.train;

import dev.volute.graph.Value;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;

/** The usual metrics beside the loss. */
public final class Metrics {
  private Metrics() {}

  /**
   * Share of labels that got the largest logit: logits F32 {@code [batch, ..., classes]}, labels
   * I32 {@code [batch, ...]}; labels of -1 do not count.
   */
  public static Measure accuracy() {
    return new Accuracy();
  }

  /** {@code |output - target|}, mean over all elements; both F32 and of one shape. */
  public static Measure meanAbsoluteError() {
    return new AbsoluteError();
  }

  private record Accuracy() implements Measure {
    @Override
    public String name() {
      return "accuracy";
    }

    @Override
    public Tally of(Value output, Value targets) {
      Targets.requireLabels(this, output, targets);
      Value guess = output.argmax(output.shape().rank() - 1).cast(DType.F32);
      Value hits = guess.equal(targets.cast(DType.F32));
      return new Tally(hits.sumAll(), Targets.counted(targets).sumAll());
    }
  }

  private record AbsoluteError() implements Measure {
    @Override
    public String name() {
      return "absolute error";
    }

    @Override
    public Tally of(Value output, Value targets) {
      Targets.requireSameType(this, output, targets);
      Value difference = output.subtract(targets).abs();
      return new Tally(
          difference.sumAll(), output.filled(Shape.scalar(), output.shape().elements()));
    }
  }
}
