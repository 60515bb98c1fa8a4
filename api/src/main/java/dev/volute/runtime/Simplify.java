package dev.volute.runtime;

import dev.volute.graph.Binary;
import dev.volute.graph.Broadcast;
import dev.volute.graph.Copy;
import dev.volute.graph.Fill;
import dev.volute.graph.Graph;
import dev.volute.graph.GraphBuilder;
import dev.volute.graph.Identity;
import dev.volute.graph.Node;
import dev.volute.graph.Op;
import dev.volute.graph.Permute;
import dev.volute.graph.Reshape;
import dev.volute.graph.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Drops what need not be computed: values that nobody reads, values that were computed before,
 * trailing outputs that nobody reads, and ops that change nothing.
 */
final class Simplify implements Rewrite.Pass {
  private record Computation(Op op, List<Value> inputs) {
    /** Inputs tell most computations apart; few ops need be asked. */
    @Override
    public int hashCode() {
      return 31 * op.getClass().hashCode() + inputs.hashCode();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Computation known
          && inputs.equals(known.inputs)
          && op.equals(known.op);
    }
  }

  private final Map<Computation, List<Value>> known = new HashMap<>();
  private final Map<Value, Integer> readers;

  private Simplify(Graph graph) {
    this.readers = Rewrite.readers(graph);
  }

  static Graph apply(Graph graph) {
    return Rewrite.apply(graph, new Simplify(graph));
  }

  @Override
  public List<Value> rewrite(
      Node node, List<Value> inputs, UnaryOperator<Value> renamed, GraphBuilder builder) {
    if (changesNothing(node.op(), inputs)) {
      return List.of(inputs.get(0));
    }
    Op op = withoutUnreadOutputs(node);
    return known.computeIfAbsent(
        new Computation(op, inputs), computation -> builder.apply(op, inputs));
  }

  private Op withoutUnreadOutputs(Node node) {
    int used = node.outputs().size();
    while (used > 1 && !readers.containsKey(node.outputs().get(used - 1))) {
      used--;
    }
    return used == node.outputs().size()
        ? node.op()
        : node.op().withOutputs(used).orElse(node.op());
  }

  private static boolean changesNothing(Op op, List<Value> inputs) {
    if (op instanceof Identity) {
      return true;
    }
    if (op instanceof Reshape reshape) {
      return reshape.target().equals(inputs.get(0).shape());
    }
    if (op instanceof Permute permute) {
      int rank = inputs.get(0).shape().rank();
      return permute.order().equals(IntStream.range(0, rank).boxed().toList());
    }
    if (op instanceof Copy copy) {
      return copy.dtype() == inputs.get(0).dtype();
    }
    return op instanceof Binary binary
        && binary.function() == Binary.Function.MULTIPLY
        && isFilled(inputs.get(1), 1);
  }

  /** Whether all elements are known to be this number. */
  static boolean isFilled(Value value, double number) {
    Node node = value.node();
    while (node.op() instanceof Broadcast || node.op() instanceof Reshape) {
      node = node.inputs().get(0).node();
    }
    return node.op() instanceof Fill fill && fill.value() == number;
  }
}
