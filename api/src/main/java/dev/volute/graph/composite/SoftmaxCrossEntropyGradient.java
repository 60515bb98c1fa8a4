package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.Op;
import dev.volute.graph.Value;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * The gradient of the loss of a {@link SoftmaxCrossEntropy} to its logits: {@code g *
 * (probabilities - onehot(label))}, 0 in ignored rows. Inputs: probabilities {@code [rows,
 * classes]}, labels I32 {@code [rows]}, g {@code [rows]}. Result {@code [rows, classes]}.
 */
public record SoftmaxCrossEntropyGradient() implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, 3);
    Arguments.floating(this, "matrix of probabilities", inputs.get(0));
    Shape probabilities = Arguments.rank(this, "matrix of probabilities", inputs.get(0), 2);
    Shape rows = Shape.of(probabilities.dim(0));
    Arguments.dtype(this, "vector of labels", inputs.get(1), DType.I32);
    Arguments.shape(this, "vector of labels", inputs.get(1), rows);
    Arguments.dtype(this, "gradient", inputs.get(2), inputs.get(0).dtype());
    Arguments.shape(this, "gradient", inputs.get(2), rows);
    return List.of(inputs.get(0));
  }

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs -> {
          Value probabilities = inputs.get(0);
          Labels labels = Labels.of(inputs.get(1), probabilities);
          Value g = inputs.get(2).reshape(probabilities.shape().with(1, 1));
          return List.of(labels.without(probabilities.subtract(labels.oneHot()).multiply(g)));
        });
  }
}
