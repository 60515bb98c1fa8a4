package dev.volute.runtime;

import dev.volute.graph.Binary;
import dev.volute.graph.Broadcast;
import dev.volute.graph.Graph;
import dev.volute.graph.GraphBuilder;
import dev.volute.graph.Node;
import dev.volute.graph.Op;
import dev.volute.graph.Reshape;
import dev.volute.graph.Unary;
import dev.volute.graph.Value;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.Linear;
import dev.volute.spi.Backend;
import dev.volute.spi.OpCall;
import dev.volute.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Joins a bias that is added and an activation that is applied to a convolution, a linear map or a
 * batch normalisation with that op, where nothing else reads what lies between and the backend
 * claims the joint op.
 */
final class Fuse implements Rewrite.Pass {
  private final Backend backend;
  private final Map<Value, Integer> readers;

  private Fuse(Graph graph, Backend backend) {
    this.backend = backend;
    this.readers = Rewrite.readers(graph);
  }

  static Graph apply(Graph graph, Backend backend) {
    return Rewrite.apply(graph, new Fuse(graph, backend));
  }

  @Override
  public List<Value> rewrite(Node node, List<Value> inputs, GraphBuilder builder) {
    Optional<List<Value>> fused = Optional.empty();
    if (node.op() instanceof Unary unary && soleReader(node.inputs().get(0))) {
      fused = withActivation(unary.function(), inputs.get(0).node(), builder);
    } else if (node.op() instanceof Binary binary
        && binary.function() == Binary.Function.ADD
        && soleReader(node.inputs().get(0))) {
      fused = withBias(inputs.get(0).node(), inputs.get(1), builder);
    }
    return fused.orElseGet(() -> builder.apply(node.op(), inputs));
  }

  private boolean soleReader(Value value) {
    return readers.getOrDefault(value, 0) == 1;
  }

  private Optional<List<Value>> withActivation(
      Unary.Function function, Node producer, GraphBuilder builder) {
    Activation activation;
    switch (function) {
      case RELU -> activation = Activation.RELU;
      case TANH -> activation = Activation.TANH;
      case SIGMOID -> activation = Activation.SIGMOID;
      default -> {
        return Optional.empty();
      }
    }
    Op op = producer.op();
    if (op instanceof Convolution convolution && convolution.activation() == Activation.IDENTITY) {
      op = new Convolution(convolution.geometry(), convolution.bias(), activation);
    } else if (op instanceof Linear linear && linear.activation() == Activation.IDENTITY) {
      op = new Linear(activation, linear.bias());
    } else if (op instanceof BatchNormTraining norm && norm.activation() == Activation.IDENTITY) {
      op = new BatchNormTraining(norm.epsilon(), activation);
    } else if (op instanceof BatchNormInference norm && norm.activation() == Activation.IDENTITY) {
      op = new BatchNormInference(norm.epsilon(), activation);
    } else {
      return Optional.empty();
    }
    return ifClaimed(op, producer.inputs(), producer, builder);
  }

  private Optional<List<Value>> withBias(Node producer, Value addend, GraphBuilder builder) {
    Op op = producer.op();
    Shape output = producer.outputs().get(0).shape();
    int axis;
    if (op instanceof Convolution convolution
        && !convolution.bias()
        && convolution.activation() == Activation.IDENTITY) {
      op = new Convolution(convolution.geometry(), true, Activation.IDENTITY);
      axis = 1;
    } else if (op instanceof Linear linear
        && !linear.bias()
        && linear.activation() == Activation.IDENTITY) {
      op = new Linear(Activation.IDENTITY, true);
      axis = output.rank() - 1;
    } else {
      return Optional.empty();
    }
    Optional<Value> bias = perPlaceOf(addend, axis);
    if (bias.isEmpty()) {
      return Optional.empty();
    }
    List<Value> inputs = new ArrayList<>(producer.inputs());
    inputs.add(bias.get());
    return ifClaimed(op, inputs, producer, builder);
  }

  /** The vector that {@code addend} repeats along all axes but one, if it is such. */
  private static Optional<Value> perPlaceOf(Value addend, int axis) {
    if (!(addend.node().op() instanceof Broadcast)) {
      return Optional.empty();
    }
    Value repeated = addend.node().inputs().get(0);
    int fromEnd = addend.shape().rank() - axis;
    Shape shape = repeated.shape();
    boolean vector =
        shape.rank() >= fromEnd
            && shape.elements() == addend.shape().dim(axis)
            && shape.dim(-fromEnd) == addend.shape().dim(axis);
    if (!vector) {
      return Optional.empty();
    }
    Value bare =
        repeated.node().op() instanceof Reshape ? repeated.node().inputs().get(0) : repeated;
    return Optional.of(bare.reshape(Shape.of((int) shape.elements())));
  }

  private Optional<List<Value>> ifClaimed(
      Op op, List<Value> inputs, Node producer, GraphBuilder builder) {
    OpCall call = OpCall.of(op, inputs.stream().map(Value::type).toList());
    return backend.claims(call)
        ? Optional.of(builder.at(producer.path(), () -> builder.apply(op, inputs)))
        : Optional.empty();
  }
}
