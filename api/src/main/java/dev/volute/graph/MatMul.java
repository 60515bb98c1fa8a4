package dev.volute.graph;

import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/**
 * Matrix products over leading batch axes: {@code alpha * a @ b}, plus {@code beta * c} if {@code
 * beta} is not 0. Shapes {@code [batch..., m, k]}, {@code [batch..., k, n]}, {@code [batch..., m,
 * n]}. Transposed operands come as views.
 */
public record MatMul(double alpha, double beta) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, beta == 0 ? 2 : 3);
    Shape a = inputs.get(0).shape();
    Shape b = inputs.get(1).shape();
    int rank = a.rank();
    Arguments.require(
        rank >= 2
            && b.rank() == rank
            && a.slice(0, rank - 2).equals(b.slice(0, rank - 2))
            && a.dim(-1) == b.dim(-2)
            && inputs.get(0).dtype() == inputs.get(1).dtype(),
        "A matrix product needs [batch..., m, k] and [batch..., k, n], not %s and %s",
        inputs.get(0),
        inputs.get(1));
    TensorType result = inputs.get(0).withShape(a.with(-1, b.dim(-1)));
    if (beta != 0) {
      Arguments.require(
          inputs.get(2).equals(result),
          "A matrix product of %s cannot be added to %s",
          result,
          inputs.get(2));
    }
    return List.of(result);
  }

  @Override
  public void gradient(GradientContext context) {
    Value g = context.outputGradient(0);
    MatMul scaled = new MatMul(alpha, 0);
    if (context.wants(0)) {
      context.propagate(0, g.apply(scaled, transposed(context.input(1))));
    }
    if (context.wants(1)) {
      context.propagate(1, transposed(context.input(0)).apply(scaled, g));
    }
    if (beta != 0 && context.wants(2)) {
      context.propagate(2, beta == 1 ? g : g.multiply(beta));
    }
  }

  private static Value transposed(Value matrix) {
    int rank = matrix.shape().rank();
    List<Integer> order = new ArrayList<>();
    for (int axis = 0; axis < rank - 2; axis++) {
      order.add(axis);
    }
    order.add(rank - 1);
    order.add(rank - 2);
    return matrix.permute(order);
  }
}
