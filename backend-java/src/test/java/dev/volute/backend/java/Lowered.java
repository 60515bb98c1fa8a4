package dev.volute.backend.java;

import dev.volute.graph.GraphBuilder;
import dev.volute.graph.Op;
import dev.volute.graph.Value;
import dev.volute.runtime.Engine;
import dev.volute.runtime.Executable;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.Backends;
import dev.volute.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The oracle of composites: their lowering, run on the reference in double precision. */
public final class Lowered {
  private Lowered() {}

  public static List<Tensor> run(Op op, Tensor... inputs) {
    GraphBuilder builder = new GraphBuilder();
    List<Value> values = new ArrayList<>();
    for (Tensor input : inputs) {
      values.add(builder.input("input " + values.size(), input.type()));
    }
    List<Value> results = builder.apply(op, values);
    try (Backend reference = Backends.open("reference", new BackendOptions(1));
        Engine engine = new Engine(reference)) {
      Executable executable = engine.compile(builder.build(results, Map.of()));
      List<Tensor> outputs = executable.newOutputs();
      executable.run(List.of(inputs), outputs, accepted -> true);
      return outputs;
    }
  }
}
