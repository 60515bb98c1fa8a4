package dev.volute.train;

import dev.volute.graph.Value;
import dev.volute.tensor.Shape;
import java.util.List;

/**
 * Clipping by global norm (Pascanu and others, 2013): all gradients times {@code min(1, bound /
 * norm)}, the norm taken over all of them together.
 */
record GradientClipping(double bound) {
  /** Keeps the quotient finite where all gradients are zero. */
  private static final double TINY = 1e-6;

  List<Value> apply(List<Value> gradients) {
    if (Double.isInfinite(bound) || gradients.isEmpty()) {
      return gradients;
    }
    Value squares = gradients.get(0).multiply(gradients.get(0)).sumAll();
    for (Value gradient : gradients.subList(1, gradients.size())) {
      squares = squares.add(gradient.multiply(gradient).sumAll());
    }
    Value norm = squares.sqrt();
    Value scale =
        norm.filled(Shape.scalar(), bound)
            .divide(norm.add(TINY))
            .minimum(norm.filled(Shape.scalar(), 1));
    return gradients.stream().map(gradient -> gradient.multiply(scale)).toList();
  }
}
