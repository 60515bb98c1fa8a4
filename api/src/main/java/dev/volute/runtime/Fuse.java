package dev.volute.runtime;

import dev.volute.graph.Binary;
import dev.volute.graph.Broadcast;
import dev.volute.graph.Gather;
import dev.volute.graph.Graph;
import dev.volute.graph.GraphBuilder;
import dev.volute.graph.Node;
import dev.volute.graph.Op;
import dev.volute.graph.Reshape;
import dev.volute.graph.ScatterAdd;
import dev.volute.graph.Unary;
import dev.volute.graph.Value;
import dev.volute.graph.ViewOp;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.graph.composite.EmbeddedRecurrent;
import dev.volute.graph.composite.EmbeddedRecurrentGradient;
import dev.volute.graph.composite.Linear;
import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.graph.composite.RecurrentGradient;
import dev.volute.spi.Backend;
import dev.volute.spi.OpCall;
import dev.volute.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Joins what is done to a result with the op that computes it, where nothing else reads what lies
 * between and the backend claims the joint op: a bias and an activation with a convolution or a
 * linear map; a residual and an activation with a convolution or a batch normalisation; another
 * gradient to an image, and the gradient of the activation that the image comes from, with that of
 * a convolution to it; and the gradient of an activation with that of the batch normalisation
 * before it. Rows of a table join the recurrence over them, and its gradient the sum of theirs by
 * row, whoever else reads the rows.
 */
final class Fuse implements Rewrite.Pass {
  private final Backend backend;
  private final Map<Value, Integer> readers;

  /** A reader of each value that has any: the only one, where there is one. */
  private final Map<Value, Node> reader = new HashMap<>();

  /** Nodes that an earlier one took in, and which of their inputs stands for their result. */
  private final Map<Node, Integer> fused = new HashMap<>();

  private Fuse(Graph graph, Backend backend) {
    this.backend = backend;
    this.readers = Rewrite.readers(graph);
    for (Node node : Rewrite.needed(graph)) {
      node.inputs().forEach(input -> reader.put(input, node));
    }
  }

  static Graph apply(Graph graph, Backend backend) {
    return Rewrite.apply(graph, new Fuse(graph, backend));
  }

  @Override
  public List<Value> rewrite(
      Node node, List<Value> inputs, UnaryOperator<Value> renamed, GraphBuilder builder) {
    if (fused.containsKey(node)) {
      return List.of(inputs.get(fused.get(node)));
    }
    Candidate best = new Candidate(node.op(), inputs, node.path());
    if (!node.outputs().isEmpty()) {
      Value result = node.outputs().get(0);
      best =
          withBias(node, best)
              .or(() -> withActivationGradient(node, inputs))
              .or(() -> overTable(node, inputs))
              .orElse(best);
      Optional<Candidate> summed = withResidual(result, best, renamed);
      if (summed.isPresent()) {
        best = summed.get();
        result = reader.get(result).outputs().get(0);
      }
      Optional<Candidate> activated = withActivation(result, best);
      if (activated.isPresent()) {
        result = reader.get(result).outputs().get(0);
        best = withLimit(result, activated.get()).orElse(activated.get());
      }
      best = throughActivation(result, best, renamed).orElse(best);
    }
    Candidate chosen = best;
    return builder.at(chosen.path(), () -> builder.apply(chosen.op(), chosen.inputs()));
  }

  /** An op that could stand in a node's place, with its inputs in the new graph. */
  private record Candidate(Op op, List<Value> inputs, String path) {
    Candidate with(Op joint, Value... more) {
      List<Value> all = new ArrayList<>(inputs);
      all.addAll(List.of(more));
      return new Candidate(joint, all, path);
    }
  }

  private boolean claimed(Candidate candidate) {
    return backend.claims(
        OpCall.of(candidate.op(), candidate.inputs().stream().map(Value::type).toList()));
  }

  private boolean soleReader(Value value) {
    return readers.getOrDefault(value, 0) == 1;
  }

  private static Optional<Binary.Function> binary(Node node) {
    return node.op() instanceof Binary binary ? Optional.of(binary.function()) : Optional.empty();
  }

  /** The sum that a node computes, as its first input's op with a bias. */
  private Optional<Candidate> withBias(Node node, Candidate sum) {
    if (binary(node).filter(Binary.Function.ADD::equals).isEmpty()
        || !soleReader(node.inputs().get(0))) {
      return Optional.empty();
    }
    Node producer = sum.inputs().get(0).node();
    Value addend = sum.inputs().get(1);
    Op op;
    int axis;
    if (producer.op() instanceof Convolution convolution
        && !convolution.bias()
        && !convolution.residual()
        && convolution.activation() == Activation.IDENTITY) {
      op = new Convolution(convolution.geometry(), true, Activation.IDENTITY);
      axis = 1;
    } else if (producer.op() instanceof Linear linear
        && !linear.bias()
        && linear.activation() == Activation.IDENTITY) {
      op = new Linear(Activation.IDENTITY, true);
      axis = addend.shape().rank() - 1;
    } else {
      return Optional.empty();
    }
    return perPlaceOf(addend, axis)
        .map(
            bias -> new Candidate(producer.op(), producer.inputs(), producer.path()).with(op, bias))
        .filter(this::claimed);
  }

  /**
   * Takes in the sum with another value of the same shape that is known by then, if nothing else
   * reads the result.
   */
  private Optional<Candidate> withResidual(
      Value result, Candidate producer, UnaryOperator<Value> renamed) {
    Node sum = reader.get(result);
    Optional<Op> joint = withResidual(producer.op());
    if (joint.isEmpty()
        || !soleReader(result)
        || sum == null
        || binary(sum).filter(Binary.Function.ADD::equals).isEmpty()) {
      return Optional.empty();
    }
    int own = sum.inputs().indexOf(result);
    Value residual = sum.inputs().get(1 - own);
    if (residual.node().id() >= result.node().id() || residual.node().op() instanceof ViewOp) {
      return Optional.empty();
    }
    Optional<Candidate> whole =
        Optional.of(producer.with(joint.get(), renamed.apply(residual))).filter(this::claimed);
    whole.ifPresent(candidate -> fused.put(sum, own));
    return whole;
  }

  private static Optional<Op> withResidual(Op op) {
    if (op instanceof Convolution convolution
        && !convolution.residual()
        && convolution.activation() == Activation.IDENTITY) {
      return Optional.of(
          new Convolution(convolution.geometry(), convolution.bias(), true, Activation.IDENTITY));
    }
    if (op instanceof BatchNormTraining norm
        && !norm.residual()
        && norm.activation() == Activation.IDENTITY) {
      return Optional.of(new BatchNormTraining(norm.epsilon(), true, Activation.IDENTITY));
    }
    if (op instanceof ConvolutionInputGradient gradient
        && !gradient.residual()
        && gradient.activation() == Activation.IDENTITY) {
      return Optional.of(
          new ConvolutionInputGradient(
              gradient.geometry(), gradient.image(), true, Activation.IDENTITY));
    }
    return Optional.empty();
  }

  /**
   * Takes in the gradient of the activation that an image comes from, if nothing else reads the
   * gradient to that image, and no batch normalisation's gradient takes it in.
   */
  private Optional<Candidate> throughActivation(
      Value result, Candidate producer, UnaryOperator<Value> renamed) {
    Node through = reader.get(result);
    if (!(producer.op() instanceof ConvolutionInputGradient gradient)
        || gradient.activation() != Activation.IDENTITY
        || !soleReader(result)
        || through == null
        || through.inputs().indexOf(result) != 1) {
      return Optional.empty();
    }
    Value activated = through.inputs().get(0);
    Node next = reader.get(through.outputs().get(0));
    if (activated.node().id() >= result.node().id()
        || activated.node().op() instanceof ViewOp
        || (next != null && withActivationGradient(next, next.inputs()).isPresent())) {
      return Optional.empty();
    }
    Optional<Candidate> whole =
        binary(through)
            .flatMap(Fuse::activationOfGradient)
            .map(
                activation ->
                    producer.with(
                        new ConvolutionInputGradient(
                            gradient.geometry(), gradient.image(), gradient.residual(), activation),
                        renamed.apply(activated)))
            .filter(this::claimed);
    whole.ifPresent(candidate -> fused.put(through, 1));
    return whole;
  }

  /** Takes the activation in, if nothing else reads what it is applied to. */
  private Optional<Candidate> withActivation(Value result, Candidate producer) {
    Node applied = reader.get(result);
    if (!soleReader(result) || applied == null || !(applied.op() instanceof Unary unary)) {
      return Optional.empty();
    }
    Optional<Candidate> whole =
        activation(unary.function())
            .flatMap(activation -> withActivation(producer.op(), activation))
            .map(producer::with)
            .filter(this::claimed);
    whole.ifPresent(candidate -> fused.put(applied, 0));
    return whole;
  }

  /** Takes in the limit of 6 that is set to the result of a relu, if nothing else reads that. */
  private Optional<Candidate> withLimit(Value result, Candidate producer) {
    Node limited = reader.get(result);
    if (!soleReader(result)
        || limited == null
        || binary(limited).filter(Binary.Function.MINIMUM::equals).isEmpty()) {
      return Optional.empty();
    }
    int own = limited.inputs().indexOf(result);
    if (!Simplify.isFilled(limited.inputs().get(1 - own), Activation.SIX)) {
      return Optional.empty();
    }
    Optional<Candidate> whole = withLimit(producer.op()).map(producer::with).filter(this::claimed);
    whole.ifPresent(candidate -> fused.put(limited, own));
    return whole;
  }

  private static Optional<Op> withLimit(Op op) {
    if (op instanceof Convolution convolution && convolution.activation() == Activation.RELU) {
      return Optional.of(
          new Convolution(
              convolution.geometry(),
              convolution.bias(),
              convolution.residual(),
              Activation.RELU6));
    }
    if (op instanceof Linear linear && linear.activation() == Activation.RELU) {
      return Optional.of(new Linear(Activation.RELU6, linear.bias()));
    }
    if (op instanceof BatchNormTraining norm && norm.activation() == Activation.RELU) {
      return Optional.of(new BatchNormTraining(norm.epsilon(), norm.residual(), Activation.RELU6));
    }
    return Optional.empty();
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
      return Optional.of(
          new Convolution(
              convolution.geometry(), convolution.bias(), convolution.residual(), activation));
    }
    if (op instanceof Linear linear && linear.activation() == Activation.IDENTITY) {
      return Optional.of(new Linear(activation, linear.bias()));
    }
    if (op instanceof BatchNormTraining norm && norm.activation() == Activation.IDENTITY) {
      return Optional.of(new BatchNormTraining(norm.epsilon(), norm.residual(), activation));
    }
    if (op instanceof BatchNormInference norm && norm.activation() == Activation.IDENTITY) {
      return Optional.of(new BatchNormInference(norm.epsilon(), activation));
    }
    return Optional.empty();
  }

  /** The gradient of a batch normalisation, joined with that of the activation behind it. */
  private Optional<Candidate> withActivationGradient(Node node, List<Value> inputs) {
    if (!(node.op() instanceof BatchNormGradient norm)
        || norm.activation() != Activation.IDENTITY
        || !soleReader(node.inputs().get(BatchNormGradient.GRADIENT_INPUT))) {
      return Optional.empty();
    }
    Node before = inputs.get(BatchNormGradient.GRADIENT_INPUT).node();
    return binary(before)
        .flatMap(Fuse::activationOfGradient)
        .map(
            activation -> {
              List<Value> all = new ArrayList<>(inputs);
              all.set(BatchNormGradient.GRADIENT_INPUT, before.inputs().get(1));
              all.add(before.inputs().get(0));
              return new Candidate(
                  new BatchNormGradient(norm.epsilon(), activation), all, node.path());
            })
        .filter(this::claimed);
  }

  private static Optional<Activation> activationOfGradient(Binary.Function function) {
    return switch (function) {
      case RELU_GRADIENT -> Optional.of(Activation.RELU);
      case TANH_GRADIENT -> Optional.of(Activation.TANH);
      case SIGMOID_GRADIENT -> Optional.of(Activation.SIGMOID);
      default -> Optional.empty();
    };
  }

  /**
   * A recurrence over rows of a table, or the gradient of one whose gradient to the rows goes to
   * that table alone. It has the place of the rows: an id outside the table is their layer's.
   */
  private Optional<Candidate> overTable(Node node, List<Value> inputs) {
    boolean known = node.op() instanceof Recurrent || node.op() instanceof RecurrentGradient;
    if (!known || !(inputs.get(0).node().op() instanceof Gather)) {
      return Optional.empty();
    }
    Node rows = inputs.get(0).node();
    List<Value> all = new ArrayList<>(rows.inputs());
    all.addAll(inputs.subList(1, inputs.size()));
    if (all.get(0).shape().rank() != 2) {
      return Optional.empty();
    }
    if (node.op() instanceof Recurrent recurrent) {
      Op joint = new EmbeddedRecurrent(recurrent.cell(), recurrent.reserve());
      return Optional.of(new Candidate(joint, all, rows.path())).filter(this::claimed);
    }
    RecurrentCell cell = ((RecurrentGradient) node.op()).cell();
    Value toRows = node.outputs().get(0);
    Node sum = reader.get(toRows);
    if (!soleReader(toRows)
        || !sum.op().equals(new ScatterAdd(all.get(0).shape().dim(0)))
        || !sum.inputs().get(0).equals(node.inputs().get(0).node().inputs().get(1))) {
      return Optional.empty();
    }
    Optional<Candidate> joint =
        Optional.of(new Candidate(new EmbeddedRecurrentGradient(cell), all, node.path()))
            .filter(this::claimed);
    joint.ifPresent(candidate -> fused.put(sum, 1));
    return joint;
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
