package dev.volute.train;

import dev.volute.data.Batch;
import dev.volute.data.Batches;
import dev.volute.graph.Value;
import dev.volute.nn.Model;
import dev.volute.nn.Program;
import dev.volute.nn.Trace;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Measures a model as it predicts: no dropout, running statistics. */
final class Evaluation implements AutoCloseable {
  private record BatchType(TensorType inputs, TensorType targets) {}

  private record Compiled(Program program, List<Tensor> outputs) {}

  private final Model model;
  private final List<Measure> measures;
  private final Map<BatchType, Compiled> programs = new HashMap<>();

  Evaluation(Model model, List<Measure> measures) {
    this.model = model;
    this.measures = measures;
  }

  /** Means over all batches, by measure. */
  Map<String, Double> run(Batches batches) {
    Totals totals = new Totals(measures);
    for (Batch batch : batches) {
      Compiled compiled =
          programs.computeIfAbsent(
              new BatchType(batch.inputs().type(), batch.targets().type()), this::compile);
      compiled
          .program()
          .run(List.of(batch.inputs(), batch.targets()), compiled.outputs(), accepted -> true);
      totals.add(compiled.outputs());
    }
    return totals.means();
  }

  private Compiled compile(BatchType type) {
    Trace trace = model.trace(type.inputs(), false);
    Value targets = trace.builder().input("targets", type.targets());
    List<Tally> tallies =
        measures.stream()
            .map(each -> trace.builder().at(each.name(), () -> each.of(trace.output(), targets)))
            .toList();
    Program program = model.compile(trace.builder().build(Totals.outputs(tallies), Map.of()));
    return new Compiled(program, program.newOutputs());
  }

  @Override
  public void close() {
    programs.values().forEach(compiled -> model.release(compiled.program()));
    programs.clear();
  }
}
