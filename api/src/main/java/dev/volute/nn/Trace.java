package dev.volute.nn;

import dev.volute.graph.GraphBuilder;
import dev.volute.graph.Value;
import dev.volute.graph.Variable;
import dev.volute.tensor.TensorType;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * A network written out as a graph for one input type; a loss, gradients and updates may be added
 * to its builder.
 *
 * @param builder holds the graph
 * @param output the network's output
 * @param parameters what the network reads, each with its value in the graph
 * @param updates new values of statistics
 * @param states what recurrent layers carry from window to window
 * @param layers the layers in the order in which they were finished, with their outputs' types
 */
public record Trace(
    GraphBuilder builder,
    Value output,
    Map<Parameter, Value> parameters,
    Map<Variable, Value> updates,
    Collection<State> states,
    List<LayerOutput> layers) {

  /** What one layer gives. */
  public record LayerOutput(String path, TensorType type) {}

  /**
   * A recurrent layer's memory.
   *
   * @param path for example {@code lstm1/hidden}
   * @param before its value before the window; an input of the graph, or a constant zero
   * @param after its value after the window
   */
  public record State(String path, TensorType type, Value before, Value after) {}

  /** The trained parameters' values, in the order in which layers asked for them. */
  public List<Parameter> trained() {
    return parameters.keySet().stream().filter(Parameter::trained).toList();
  }
}
