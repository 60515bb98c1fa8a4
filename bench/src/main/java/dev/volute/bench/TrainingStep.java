package dev.volute.bench;

import dev.volute.graph.Gradients;
import dev.volute.graph.GraphBuilder;
import dev.volute.graph.Value;
import dev.volute.graph.Variable;
import dev.volute.graph.composite.AdamUpdate;
import dev.volute.graph.composite.SoftmaxCrossEntropy;
import dev.volute.nn.Model;
import dev.volute.nn.Parameter;
import dev.volute.nn.Program;
import dev.volute.nn.Trace;
import dev.volute.spi.Backend;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One workload's training step on one backend, ready to run: forward pass, softmax cross-entropy,
 * backward pass, clipping by global norm where the workload asks for it, and Adam.
 */
final class TrainingStep implements AutoCloseable {
  private static final float LEARNING_RATE = 1e-3f;

  private final Model model;
  private final Program program;
  private final List<Tensor> inputs;
  private final List<Tensor> outputs;

  TrainingStep(Workload workload, Backend backend) {
    model = workload.network().init(workload.sample().shape(), backend, 1);
    Tensor batch = workload.inputs();
    Trace trace = model.trace(batch.type(), true);
    GraphBuilder builder = trace.builder();
    Tensor targets = workload.targets();
    Value labels = builder.input("labels", targets.type());
    Value logits =
        trace.output().reshape(Shape.of(workload.batch() * workload.labels(), workload.classes()));
    Value loss = logits.applyAll(new SoftmaxCrossEntropy(), labels).get(0).meanAll();
    Map<Variable, Value> updates = new LinkedHashMap<>(trace.updates());
    adam(trace, clipped(gradients(trace, loss), workload.clip()), updates);
    program = model.compile(builder.build(List.of(loss), updates));
    inputs = List.of(batch, Tensor.of(Shape.of(3), 1, 0, 0), targets);
    outputs = program.newOutputs();
  }

  private static List<Value> gradients(Trace trace, Value loss) {
    return Gradients.of(loss, trace.trained().stream().map(trace.parameters()::get).toList());
  }

  /** {@code g * min(1, clip / norm)}, the norm taken over all gradients together. */
  private static List<Value> clipped(List<Value> gradients, double clip) {
    if (Double.isInfinite(clip)) {
      return gradients;
    }
    Value squares = gradients.get(0).multiply(gradients.get(0)).sumAll();
    for (Value gradient : gradients.subList(1, gradients.size())) {
      squares = squares.add(gradient.multiply(gradient).sumAll());
    }
    Value norm = squares.sqrt();
    Value factor = norm.filled(Shape.scalar(), clip).divide(norm.add(1e-6));
    Value scale = factor.minimum(norm.filled(Shape.scalar(), 1));
    return gradients.stream().map(each -> each.multiply(scale)).toList();
  }

  private void adam(Trace trace, List<Value> gradients, Map<Variable, Value> updates) {
    GraphBuilder builder = trace.builder();
    Variable count = new Variable("adam/step", TensorType.f32());
    model.define(count, Tensor.scalar(0));
    Value step = builder.variable(count).add(1);
    updates.put(count, step);
    Value rate = builder.constant(Tensor.scalar(LEARNING_RATE));
    AdamUpdate adam = new AdamUpdate(0.9, 0.999, 1e-8, 0, false);
    List<Parameter> trained = trace.trained();
    for (int i = 0; i < trained.size(); i++) {
      Variable parameter = trained.get(i).variable();
      List<Variable> moments = new ArrayList<>();
      for (String moment : List.of("m", "v")) {
        Variable variable =
            new Variable("adam/" + moment + "/" + parameter.label(), parameter.type());
        model.define(variable, Tensor.zeros(variable.type()));
        moments.add(variable);
      }
      List<Value> results =
          trace
              .parameters()
              .get(trained.get(i))
              .applyAll(
                  adam,
                  gradients.get(i),
                  builder.variable(moments.get(0)),
                  builder.variable(moments.get(1)),
                  rate,
                  step);
      updates.put(parameter, results.get(0));
      updates.put(moments.get(0), results.get(1));
      updates.put(moments.get(1), results.get(2));
    }
  }

  /** Runs the step and gives its loss. */
  double run() {
    program.run(inputs, outputs, accepted -> true);
    return outputs.get(0).get(0);
  }

  @Override
  public void close() {
    model.close();
  }
}
