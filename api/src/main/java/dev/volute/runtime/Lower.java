package dev.volute.runtime;

import dev.volute.graph.Graph;
import dev.volute.graph.GraphBuilder;
import dev.volute.graph.Node;
import dev.volute.graph.Op;
import dev.volute.graph.Value;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendException;
import dev.volute.spi.OpCall;
import java.util.List;
import java.util.function.UnaryOperator;

/** Replaces the composites that the backend does not claim by simpler ops, down to primitives. */
final class Lower implements Rewrite.Pass {
  private final Backend backend;

  private Lower(Backend backend) {
    this.backend = backend;
  }

  static Graph apply(Graph graph, Backend backend) {
    Graph current = graph;
    Lower pass = new Lower(backend);
    while (current.nodes().stream().anyMatch(pass::mustLower)) {
      current = Rewrite.apply(current, pass);
    }
    return current;
  }

  private boolean mustLower(Node node) {
    return node.op().lowering().isPresent()
        && !backend.claims(call(node.op(), node.inputs(), node));
  }

  @Override
  public List<Value> rewrite(
      Node node, List<Value> inputs, UnaryOperator<Value> renamed, GraphBuilder builder) {
    if (mustLower(node)) {
      Op.Lowering lowering = node.op().lowering().orElseThrow();
      return lowering.build(inputs);
    }
    return builder.apply(node.op(), inputs);
  }

  private static OpCall call(Op op, List<Value> inputs, Node node) {
    return new OpCall(
        op,
        inputs.stream().map(Value::type).toList(),
        node.outputs().stream().map(Value::type).toList());
  }

  /**
   * @throws BackendException if the backend refuses a primitive of the graph, for example because
   *     of its element type
   */
  static void requireClaimed(Backend backend, Step step) {
    if (!backend.claims(step.call())) {
      throw new BackendException(
          "%sbackend '%s' does not run %s on %s"
              .formatted(
                  step.path().isEmpty() ? "" : step.path() + ": ",
                  backend.name(),
                  step.call().op(),
                  step.call().inputs()));
    }
  }
}
