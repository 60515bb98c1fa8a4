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
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A graph planned for a backend. */
public final class PlannedGraph implements AutoCloseable {
  private final Model model;
  private final Program program;

  /** Builds the outputs of a graph from its inputs. */
  @FunctionalInterface
  public interface Body {
    List<Value> build(List<Value> inputs);
  }

  /**
   * @param inputs types of the inputs, a value each in the graph
   */
  public PlannedGraph(Backend backend, List<TensorType> inputs, Body body) {
    GraphBuilder builder = new GraphBuilder();
    List<Value> values = new ArrayList<>();
    for (TensorType input : inputs) {
      values.add(builder.input("input " + values.size(), input));
    }
    List<Value> outputs = body.build(values);
    model = Network.of(Layers.relu()).init(Shape.of(1), backend, 0);
    try {
      program = model.compile(builder.build(outputs, Map.of()));
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** The outputs for some inputs. */
  public List<Tensor> run(List<Tensor> inputs) {
    List<Tensor> results = program.newOutputs();
    program.run(inputs, results, accepted -> true);
    return results;
  }

  /** Plans a graph and runs it once. */
  public static List<Tensor> run(Backend backend, List<Tensor> inputs, Body body) {
    try (PlannedGraph graph =
        new PlannedGraph(backend, inputs.stream().map(Tensor::type).toList(), body)) {
      return graph.run(inputs);
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
