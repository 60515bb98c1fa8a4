package dev.volute.runtime;

import dev.volute.graph.Graph;
import dev.volute.graph.GraphBuilder;
import dev.volute.graph.Node;
import dev.volute.graph.Placeholder;
import dev.volute.graph.Value;
import dev.volute.graph.Variable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Builds a graph anew, node by node; a pass says what becomes of each. Nodes nobody needs stay
 * behind.
 */
final class Rewrite {
  /** What a pass makes of a node. */
  interface Pass {
    /**
     * @param node a node of the old graph
     * @param inputs its inputs in the new graph
     * @param renamed gives any value of the old graph that comes before the node its counterpart
     * @return its outputs in the new graph, at least as many as are used
     */
    List<Value> rewrite(
        Node node, List<Value> inputs, UnaryOperator<Value> renamed, GraphBuilder builder);
  }

  private Rewrite() {}

  static Graph apply(Graph graph, Pass pass) {
    GraphBuilder builder = new GraphBuilder();
    Map<Value, Value> renamed = new HashMap<>();
    for (Value input : graph.inputs()) {
      Placeholder placeholder = (Placeholder) input.node().op();
      renamed.put(input, builder.input(placeholder.label(), placeholder.type()));
    }
    Set<Node> needed = needed(graph);
    for (Node node : graph.nodes()) {
      if (!needed.contains(node) || node.op() instanceof Placeholder) {
        continue;
      }
      List<Value> inputs = new ArrayList<>(node.inputs().size());
      node.inputs().forEach(input -> inputs.add(renamed.get(input)));
      List<Value> outputs =
          builder.at(
              node.path(),
              () ->
                  node.op() instanceof Variable variable
                      ? List.of(builder.variable(variable))
                      : pass.rewrite(node, inputs, renamed::get, builder));
      for (int i = 0; i < outputs.size(); i++) {
        renamed.put(node.outputs().get(i), outputs.get(i));
      }
    }
    Map<Variable, Value> updates = new LinkedHashMap<>();
    graph.updates().forEach((variable, value) -> updates.put(variable, renamed.get(value)));
    return builder.build(graph.outputs().stream().map(renamed::get).toList(), updates);
  }

  /** The nodes that outputs or updates depend on. */
  static Set<Node> needed(Graph graph) {
    Set<Node> needed = new HashSet<>();
    List<Node> stack = new ArrayList<>();
    graph.outputs().forEach(value -> stack.add(value.node()));
    graph.updates().values().forEach(value -> stack.add(value.node()));
    while (!stack.isEmpty()) {
      Node node = stack.remove(stack.size() - 1);
      if (needed.add(node)) {
        node.inputs().forEach(input -> stack.add(input.node()));
      }
    }
    return needed;
  }

  /** How many times each value is read, by nodes, outputs and updates. */
  static Map<Value, Integer> readers(Graph graph) {
    Map<Value, Integer> readers = new HashMap<>();
    for (Node node : needed(graph)) {
      node.inputs().forEach(input -> readers.merge(input, 1, Integer::sum));
    }
    graph.outputs().forEach(output -> readers.merge(output, 1, Integer::sum));
    graph.updates().values().forEach(value -> readers.merge(value, 1, Integer::sum));
    return readers;
  }
}
