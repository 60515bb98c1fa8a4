package dev.volute.runtime;

import dev.volute.graph.Graph;
import dev.volute.graph.GraphBuilder;
import dev.volute.graph.Node;
import dev.volute.graph.Value;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.graph.composite.Convolution;
import dev.volute.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Joins a convolution with the batch normalisation behind it, for prediction: {@code gamma * (x * w
 * + b - mean) / sqrt(variance + epsilon) + beta} is the convolution with weights {@code w * s} and
 * bias {@code (b - mean) * s + beta}, where {@code s = gamma / sqrt(variance + epsilon)}.
 */
final class FoldBatchNorm implements Rewrite.Pass {
  private final Map<Value, Integer> readers;

  private FoldBatchNorm(Graph graph) {
    readers = Rewrite.readers(graph);
  }

  static Graph apply(Graph graph) {
    return Rewrite.apply(graph, new FoldBatchNorm(graph));
  }

  @Override
  public List<Value> rewrite(
      Node node, List<Value> inputs, UnaryOperator<Value> renamed, GraphBuilder builder) {
    if (node.op() instanceof BatchNormInference norm
        && inputs.get(0).node().op() instanceof Convolution convolution
        && convolution.activation() == Activation.IDENTITY
        && !convolution.residual()
        && readers.getOrDefault(node.inputs().get(0), 0) == 1) {
      Node producer = inputs.get(0).node();
      return builder.at(
          producer.path(), () -> List.of(joined(norm, convolution, producer, inputs)));
    }
    return builder.apply(node.op(), inputs);
  }

  private static Value joined(
      BatchNormInference norm, Convolution convolution, Node producer, List<Value> inputs) {
    Value gamma = inputs.get(1);
    Value beta = inputs.get(2);
    Value mean = inputs.get(3);
    Value scale = gamma.divide(inputs.get(4).add(norm.epsilon()).sqrt());
    Value filter = producer.inputs().get(1);
    Shape perFilter = Shape.of(filter.shape().dim(0));
    while (perFilter.rank() < filter.shape().rank()) {
      perFilter = perFilter.append(1);
    }
    Value shift = convolution.bias() ? producer.inputs().get(2).subtract(mean) : mean.negate();
    List<Value> others = new ArrayList<>();
    others.add(filter.multiply(scale.reshape(perFilter)));
    others.add(shift.multiply(scale).add(beta));
    return producer
        .inputs()
        .get(0)
        .apply(
            new Convolution(convolution.geometry(), true, norm.activation()),
            others.toArray(Value[]::new));
  }
}
