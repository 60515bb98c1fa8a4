package dev.volute.train;

import dev.volute.data.Batch;
import dev.volute.graph.Gradients;
import dev.volute.graph.Graph;
import dev.volute.graph.GraphBuilder;
import dev.volute.graph.Value;
import dev.volute.graph.Variable;
import dev.volute.nn.Model;
import dev.volute.nn.Parameter;
import dev.volute.nn.Program;
import dev.volute.nn.Trace;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One training step for batches of one shape, compiled: forward pass, loss, backward pass,
 * clipping, update. Its inputs are the batch, the random key, the carried states, the targets, the
 * learning rate and the step's number; its outputs the measures' sums and counts, then the states
 * after the batch.
 */
final class StepProgram {
  private static final int FIRST_STATE = 2;

  private final Model model;
  private final Program program;
  private final Graph graph;
  private final Value loss;
  private final List<Tensor> inputs = new ArrayList<>();
  private final List<Tensor> outputs;
  private final int states;
  private final int firstStateOutput;

  StepProgram(
      Model model,
      Trainer.Settings settings,
      Moments moments,
      TensorType batch,
      TensorType target) {
    this.model = model;
    Trace trace =
        settings.carryStates() ? model.traceWithStates(batch, true) : model.trace(batch, true);
    GraphBuilder builder = trace.builder();
    Value targets = builder.input("targets", target);
    Value learningRate = builder.input("learning rate", TensorType.f32());
    Value step = builder.input("step", TensorType.f32());
    List<Tally> tallies =
        settings.measures().stream()
            .map(each -> builder.at(each.name(), () -> each.of(trace.output(), targets)))
            .toList();
    this.loss = builder.at(settings.measures().get(0).name(), () -> tallies.get(0).mean());
    Map<Variable, Value> updates = new LinkedHashMap<>(trace.updates());
    List<Parameter> trained = trace.trained();
    List<Value> gradients =
        new GradientClipping(settings.clip())
            .apply(Gradients.of(loss, trained.stream().map(trace.parameters()::get).toList()));
    for (int i = 0; i < trained.size(); i++) {
      Parameter parameter = trained.get(i);
      List<Variable> kept = moments.of(parameter);
      List<Value> results =
          settings
              .optimizer()
              .update(
                  trace.parameters().get(parameter),
                  gradients.get(i),
                  kept.stream().map(builder::variable).toList(),
                  learningRate,
                  step);
      updates.put(parameter.variable(), results.get(0));
      for (int j = 0; j < kept.size(); j++) {
        updates.put(kept.get(j), results.get(j + 1));
      }
    }
    List<Value> results = Totals.outputs(tallies);
    firstStateOutput = results.size();
    if (settings.carryStates()) {
      trace.states().forEach(state -> results.add(state.after()));
    }
    states = results.size() - firstStateOutput;
    graph = builder.build(results, updates);
    program = model.compile(graph);
    outputs = program.newOutputs();
    graph.inputs().forEach(input -> inputs.add(Tensor.zeros(input.type())));
  }

  boolean fits(Batch batch) {
    return same(inputs.get(0), batch.inputs())
        && same(inputs.get(FIRST_STATE + states), batch.targets());
  }

  private static boolean same(Tensor a, Tensor b) {
    return a.dtype() == b.dtype() && a.shape().equals(b.shape());
  }

  /**
   * Runs the step. The parameters change only if the loss is finite.
   *
   * @param seed of dropout
   * @param number of the step, counted from 1
   * @return the loss
   * @throws NonFiniteLossException if it is not finite
   */
  double run(Batch batch, long seed, long number, double learningRate) {
    inputs.set(0, batch.inputs());
    int[] key = inputs.get(1).ints();
    key[0] = (int) seed;
    key[1] = (int) (seed >>> 32);
    key[2] = (int) number;
    int next = FIRST_STATE + states;
    inputs.set(next, batch.targets());
    inputs.get(next + 1).floats()[0] = (float) learningRate;
    inputs.get(next + 2).floats()[0] = number;
    boolean finite = program.run(inputs, outputs, StepProgram::isFinite);
    double value = Totals.firstMean(outputs);
    if (!finite) {
      throw new NonFiniteLossException(number, value, model.firstNonFinite(graph, loss, inputs));
    }
    for (int i = 0; i < states; i++) {
      float[] after = outputs.get(firstStateOutput + i).floats();
      System.arraycopy(after, 0, inputs.get(FIRST_STATE + i).floats(), 0, after.length);
    }
    return value;
  }

  private static boolean isFinite(List<Tensor> results) {
    return Double.isFinite(Totals.firstMean(results));
  }

  /** The last run's outputs. */
  List<Tensor> outputs() {
    return outputs;
  }

  void forgetStates() {
    for (int i = 0; i < states; i++) {
      java.util.Arrays.fill(inputs.get(FIRST_STATE + i).floats(), 0);
    }
  }

  /** Goes on from the states that another step's program reached. */
  void takeStates(StepProgram from) {
    for (int i = 0; i < states; i++) {
      Tensor source = from.inputs.get(FIRST_STATE + i);
      Tensor target = inputs.get(FIRST_STATE + i);
      if (source.shape().equals(target.shape())) {
        System.arraycopy(source.floats(), 0, target.floats(), 0, target.length());
      }
    }
  }

  Program program() {
    return program;
  }
}
