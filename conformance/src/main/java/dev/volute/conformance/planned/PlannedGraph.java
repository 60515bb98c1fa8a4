package dev.volute.conformance.planned;

import dev.volute.graph.GraphBuilder;
import dev.volute.graph.Value;
import dev.volute.nn.Layers;
import dev.volute.nn.Model;
import dev.volute.nn.Network;
import dev.volute.nn.Program;
import dev.volute.spi.Backend;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Plans a graph for a backend and runs it once. */
public final class PlannedGraph {
  private PlannedGraph() {}

  /** Builds the outputs of a graph from its inputs. */
  @FunctionalInterface
  public interface Body {
    List<Value> build(List<Value> inputs);
  }

  /**
   * @param inputs a value each in the graph
   * @return the outputs
   */
  public static List<Tensor> run(Backend backend, List<Tensor> inputs, Body body) {
    GraphBuilder builder = new GraphBuilder();
    List<Value> values = new ArrayList<>();
    for (Tensor input : inputs) {
      values.add(builder.input("input " + values.size(), input.type()));
    }
    List<Value> outputs = body.build(values);
    try (Model model = Network.of(Layers.relu()).init(Shape.of(1), backend, 0)) {
      Program program = model.compile(builder.build(outputs, Map.of()));
      List<Tensor> results = program.newOutputs();
      program.run(inputs, results, accepted -> true);
      return results;
    }
  }
}
