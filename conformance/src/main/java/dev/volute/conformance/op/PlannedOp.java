package dev.volute.conformance.op;

import dev.volute.graph.GraphBuilder;
import dev.volute.graph.Op;
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
import java.util.stream.IntStream;

/** Runs one op in a plan, lowered to what the backend claims. */
final class PlannedOp {
  private PlannedOp() {}

  /** The elements of the outputs. */
  static List<double[]> run(Backend backend, Op op, List<Tensor> inputs) {
    GraphBuilder builder = new GraphBuilder();
    List<Value> values = new ArrayList<>();
    for (Tensor input : inputs) {
      values.add(builder.input("input " + values.size(), input.type()));
    }
    List<Value> outputs = builder.apply(op, values);
    try (Model model = Network.of(Layers.relu()).init(Shape.of(1), backend, 0)) {
      Program program = model.compile(builder.build(outputs, Map.of()));
      List<Tensor> results = program.newOutputs();
      program.run(inputs, results, accepted -> true);
      return results.stream()
          .map(result -> IntStream.range(0, result.length()).mapToDouble(result::get).toArray())
          .toList();
    }
  }
}
