package dev.volute.graph;

import java.util.List;
import java.util.Map;

/**
 * A computation in static single assignment form, ready to be planned.
 *
 * @param nodes in an order in which inputs come before their readers
 * @param inputs the values that the caller gives at each run, in order
 * @param outputs the values that the caller gets back, in order
 * @param updates the new values of variables. They are stored after everything else of the run has
 *     read the old ones, and only if the run is carried to its end
 */
public record Graph(
    List<Node> nodes, List<Value> inputs, List<Value> outputs, Map<Variable, Value> updates) {
  public Graph {
    nodes = List.copyOf(nodes);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    updates = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(updates));
  }

  /** One line a node. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Node node : nodes) {
      text.append(node).append(" -> ").append(node.outputs().stream().map(Value::type).toList());
      text.append('\n');
    }
    return text.append("outputs ").append(outputs).append(", updates ").append(updates).toString();
  }
}
