package dev.volute.bench.kernel;

import dev.volute.graph.composite.AdamUpdate;
import dev.volute.graph.composite.SgdUpdate;
import dev.volute.tensor.TensorType;
import org.openjdk.jmh.annotations.Param;

/** Updates of a million parameters. */
public class Optimization extends KernelBenchmark {
  /** An optimizer. */
  public enum Rule {
    /** Gradient descent with momentum. */
    MOMENTUM,
    /** Adam. */
    ADAM
  }

  /** Which update. */
  @Param public Rule rule = Rule.MOMENTUM;

  @Override
  Work work() {
    TensorType p = TensorType.f32(1 << 20);
    TensorType scalar = TensorType.f32();
    return switch (rule) {
      case MOMENTUM -> Work.of(new SgdUpdate(0.9, false, 0), p, p, p, scalar);
      case ADAM -> Work.of(new AdamUpdate(0.9, 0.999, 1e-8, 0, false), p, p, p, p, scalar, scalar);
    };
  }
}
