package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.GradientContext;
import dev.volute.graph.Op;
import dev.volute.graph.Value;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * The negative log-likelihood of labels under the softmax of logits: {@code loss = log(sum(exp(x)))
 * - x[label]} for each row.
 *
 * <p>Inputs: logits {@code [rows, classes]}, labels I32 {@code [rows]}. Outputs: loss {@code
 * [rows]}, probabilities {@code [rows, classes]}. A row with label {@link #IGNORED} has loss 0 and
 * no gradient. Other labels outside {@code 0 .. classes-1} make the kernel throw {@code
 * dev.volute.spi.IndexRangeException}.
 */
public record SoftmaxCrossEntropy() implements Op {
  /** The label of rows that do not count, such as padding. */
  public static final int IGNORED = -1;

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, 2);
    Shape logits = Arguments.rank(this, "matrix of logits", inputs.get(0), 2);
    Softmax.requireLastAxis(this, inputs.get(0));
    TensorType loss = inputs.get(0).withShape(Shape.of(logits.dim(0)));
    Arguments.dtype(this, "vector of labels", inputs.get(1), DType.I32);
    Arguments.shape(this, "vector of labels", inputs.get(1), loss.shape());
    return List.of(loss, inputs.get(0));
  }

  @Override
  public void gradient(GradientContext context) {
    Value probabilities = context.output(1);
    if (context.hasOutputGradient(0)) {
      context.propagate(
          0,
          probabilities.apply(
              new SoftmaxCrossEntropyGradient(), context.input(1), context.outputGradient(0)));
    }
    if (context.hasOutputGradient(1)) {
      context.propagate(0, probabilities.apply(new SoftmaxGradient(), context.outputGradient(1)));
    }
  }

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs -> {
          Value shifted = Softmax.shifted(inputs.get(0));
          Value powers = shifted.exp();
          Value total = powers.sum(1).reshape(powers.shape().with(1, 1));
          Labels labels = Labels.of(inputs.get(1), shifted);
          Value chosen = labels.oneHot().select(shifted, shifted.zerosLike()).sum(1);
          Value loss = total.log().subtract(chosen.reshape(total.shape()));
          return List.of(labels.without(loss).reshape(inputs.get(1).shape()), powers.divide(total));
        });
  }
}
