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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Joins a bias that is added and an activation that is applied to a convolution, a linear map or a
 * batch normalisation with that op, where nothing else reads what lies between and the backend
 * claims the joint op.
 */
final class Fuse implements Rewrite.Pass {
  private final Backend backend;
  private final Map<Value, Integer> readers;
  private final Map<Value, Node> activations;
  private final Set<Node> fused = new HashSet<>();

  private Fuse(Graph graph, Backend backend) {
    this.backend = backend;
    this.readers = Rewrite.readers(graph);
    this.activations = new HashMap<>();
    for (Node node : Rewrite.needed(graph)) {
      if (node.op() instanceof Unary) {
        activations.put(node.inputs().get(0), node);
      }
    }
  }

  static Graph apply(Graph graph, Backend backend) {
    return Rewrite.apply(graph, new Fuse(graph, backend));
  }

  @Override
  public List<Value> rewrite(Node node, List<Value> inputs, GraphBuilder builder) {
    if (fused.contains(node)) {
      return List.of(inputs.get(0));
    }
    Candidate plain = new Candidate(node.op(), inputs);
    Candidate biased = plain;
    if (node.op() instanceof Binary binary
        && binary.function() == Binary.Function.ADD
        && soleReader(node.inputs().get(0))) {
      biased = withBias(inputs.get(0).node(), inputs.get(1)).filter(this::claimed).orElse(plain);
    }
    Candidate best = withActivation(node.outputs().get(0), biased).orElse(biased);
    String path = biased == plain ? node.path() : node.inputs().get(0).node().path();
    return builder.at(path, () -> builder.apply(best.op(), best.inputs()));
  }

  /** An op that could stand in a node's place, with its inputs in the new graph. */
  private record Candidate(Op op, List<Value> inputs) {}

  private boolean claimed(Candidate candidate) {
    return backend.claims(
        OpCall.of(candidate.op(), candidate.inputs().stream().map(Value::type).toList()));
  }

  private boolean soleReader(Value value) {
    return readers.getOrDefault(value, 0) == 1;
  }

  /** Takes the activation in, if nothing else reads what it is applied to. */
  private Optional<Candidate> withActivation(Value output, Candidate producer) {
    Node reader = activations.get(output);
    if (reader == null || !soleReader(output)) {
      return Optional.empty();
    }
    Optional<Candidate> whole =
        activation(((Unary) reader.op()).function())
            .flatMap(activation -> withActivation(producer.op(), activation))
            .map(op -> new Candidate(op, producer.inputs()))
            .filter(this::claimed);
    whole.ifPresent(candidate -> fused.add(reader));
    return whole;
  }

  private static Optional<Activation> activation(Unary.Function function) {
    return switch (function) {
      case RELU -> Optional.of(Activation.RELU);
      case TANH -> Optional.of(Activation.TANH);
      case SIGMOID -> Optional.of(Activation.SIGMOID);
      default -> Optional.empty();
    };
  }

  private static Optional<Op> withActivation(Op op, Activation activation) {
    if (op instanceof Convolution convolution && convolution.activation() == Activation.IDENTITY) {
      return Optional.of(new Convolution(convolution.geometry(), convolution.bias(), activation));
    }
    if (op instanceof Linear linear && linear.activation() == Activation.IDENTITY) {
      return Optional.of(new Linear(activation, linear.bias()));
    }
    if (op instanceof BatchNormTraining norm && norm.activation() == Activation.IDENTITY) {
      return Optional.of(new BatchNormTraining(norm.epsilon(), activation));
    }
    if (op instanceof BatchNormInference norm && norm.activation() == Activation.IDENTITY) {
      return Optional.of(new BatchNormInference(norm.epsilon(), activation));
    }
    return Optional.empty();
  }

  private static Optional<Candidate> withBias(Node producer, Value addend) {
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
    return Optional.of(new Candidate(op, inputs));
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
}
