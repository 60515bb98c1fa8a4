package dev.volute.graph;

import dev.volute.tensor.Shape;
import dev.volute.tensor.ShapeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reverse-mode differentiation as a transform of the graph: the gradients are values too. */
public final class Gradients {
  private final Map<Value, Value> adjoints = new HashMap<>();
  private final Set<Value> active = new HashSet<>();

  private Gradients() {}

  /**
   * Gradients of a scalar with respect to values that it was computed from. A target that the loss
   * does not depend on gets zeros.
   *
   * @param loss a scalar, shape {@code []}
   */
  public static List<Value> of(Value loss, List<Value> targets) {
    if (!loss.shape().equals(Shape.scalar())) {
      throw new ShapeException(
          "Only a scalar can be differentiated, not " + loss.type() + "; reduce it first");
    }
    GraphBuilder builder = loss.node().builder();
    return of(List.of(loss), List.of(builder.fill(loss.dtype(), Shape.scalar(), 1)), targets);
  }

  /** Gradients of {@code sum(outputs * outputGradients)} with respect to {@code targets}. */
  static List<Value> of(List<Value> outputs, List<Value> outputGradients, List<Value> targets) {
    Gradients pass = new Gradients();
    GraphBuilder builder = targets.get(0).node().builder();
    List<Node> region = pass.between(targets, outputs);
    for (int i = 0; i < outputs.size(); i++) {
      pass.add(outputs.get(i), outputGradients.get(i));
    }
    for (int i = region.size() - 1; i >= 0; i--) {
      Node node = region.get(i);
      if (node.outputs().stream().anyMatch(pass.adjoints::containsKey)) {
        String path = node.path().isEmpty() ? "" : node.path() + " gradient";
        builder.at(
            path.endsWith(" gradient gradient") ? node.path() : path,
            () -> {
              node.op().gradient(pass.new Context(node));
              return node;
            });
      }
    }
    List<Value> result = new ArrayList<>(targets.size());
    for (Value target : targets) {
      Value adjoint = pass.adjoints.get(target);
      result.add(adjoint != null ? adjoint : builder.fill(target.dtype(), target.shape(), 0));
    }
    return result;
  }

  /**
   * The nodes that lie on a way from a target to an output, in order; marks their active values.
   */
  private List<Node> between(List<Value> targets, List<Value> outputs) {
    Set<Node> needed = new HashSet<>();
    List<Node> stack = new ArrayList<>();
    outputs.forEach(output -> stack.add(output.node()));
    while (!stack.isEmpty()) {
      Node node = stack.remove(stack.size() - 1);
      if (needed.add(node)) {
        node.inputs().forEach(input -> stack.add(input.node()));
      }
    }
    List<Node> ordered = new ArrayList<>(needed);
    ordered.sort((a, b) -> Integer.compare(a.id(), b.id()));
    active.addAll(targets);
    List<Node> region = new ArrayList<>();
    for (Node node : ordered) {
      if (node.inputs().stream().anyMatch(active::contains)) {
        region.add(node);
        for (Value output : node.outputs()) {
          if (output.dtype().isFloating()) {
            active.add(output);
          }
        }
      }
    }
    return region;
  }

  private void add(Value value, Value gradient) {
    if (!value.type().equals(gradient.type())) {
      throw new ShapeException(
          "The gradient of "
              + value
              + " has type "
              + gradient.type()
              + " instead of "
              + value.type());
    }
    Value sum = adjoints.get(value);
    adjoints.put(value, sum == null ? gradient : sum.add(gradient));
  }

  private final class Context implements GradientContext {
    private final Node node;

    Context(Node node) {
      this.node = node;
    }

    @Override
    public List<Value> inputs() {
      return node.inputs();
    }

    @Override
    public List<Value> outputs() {
      return node.outputs();
    }

    @Override
    public Value outputGradient(int index) {
      Value output = node.outputs().get(index);
      Value known = adjoints.get(output);
      return known != null ? known : node.builder().fill(output.dtype(), output.shape(), 0);
    }

    @Override
    public boolean hasOutputGradient(int index) {
      return adjoints.containsKey(node.outputs().get(index));
    }

    @Override
    public boolean wants(int input) {
      return active.contains(node.inputs().get(input));
    }

    @Override
    public void propagate(int input, Value gradient) {
      if (wants(input)) {
        add(node.inputs().get(input), gradient);
      }
    }

    @Override
    public void throughLowering() {
      Optional<Op.Lowering> lowering = node.op().lowering();
      if (lowering.isEmpty()) {
        throw new IllegalStateException(
            "Op " + node.op().name() + " has neither a gradient nor a lowering to differentiate");
      }
      // Fresh names for the inputs keep the derivative inside the lowering, even where one value is
      // given to the op twice.
      List<Value> stand = new ArrayList<>();
      node.inputs().forEach(input -> stand.add(input.apply(new Identity())));
      List<Value> lowered = lowering.get().build(stand);
      List<Value> from = new ArrayList<>();
      List<Value> gradients = new ArrayList<>();
      for (int i = 0; i < lowered.size(); i++) {
        if (hasOutputGradient(i)) {
          from.add(lowered.get(i));
          gradients.add(outputGradient(i));
        }
      }
      List<Integer> wanted = new ArrayList<>();
      for (int i = 0; i < stand.size(); i++) {
        if (wants(i)) {
          wanted.add(i);
        }
      }
      List<Value> result = of(from, gradients, wanted.stream().map(stand::get).toList());
      for (int i = 0; i < wanted.size(); i++) {
        propagate(wanted.get(i), result.get(i));
      }
    }
  }
}
