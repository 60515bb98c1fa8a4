package dev.volute.conformance.golden;

import static dev.volute.nn.Layers.bidirectional;
import static dev.volute.nn.Layers.gruResetAfter;
import static dev.volute.nn.Layers.lstm;

import dev.volute.conformance.rule.Rule;
import dev.volute.conformance.rule.Subject;
import dev.volute.graph.Gradients;
import dev.volute.graph.Value;
import dev.volute.nn.Model;
import dev.volute.nn.Network;
import dev.volute.nn.Parameter;
import dev.volute.nn.Program;
import dev.volute.nn.Trace;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Cases that are whole layers: the inputs are the sequence, then the parameters in order. */
final class GoldenLayers {
  private static final int UNITS = 4;

  /** Networks by the name of their case. */
  static final Map<String, Network> NETWORKS =
      Map.of(
          "lstm-bidirectional-stack",
          Network.of(bidirectional(lstm(UNITS)), bidirectional(lstm(UNITS))),
          "gru-bidirectional",
          Network.of(bidirectional(gruResetAfter(UNITS))));

  private GoldenLayers() {}

  static void run(String name, GoldenCase golden, Subject subject) {
    Tensor sequence = golden.inputs().get(0);
    Shape sample = sequence.shape().slice(1, 3);
    try (Model model = NETWORKS.get(name).init(sample, subject.backend(), 1)) {
      Map<String, Tensor> values = new LinkedHashMap<>();
      for (Parameter parameter : model.parameters()) {
        values.put(parameter.path(), golden.inputs().get(1 + values.size()));
      }
      model.load(values);
      GoldenChecks.compare(
          Rule.GOLD_5, name + ", prediction", golden.outputs().get(0), model.predict(sequence));
      train(name, golden, model);
    }
  }

  /** The output of a training step's graph, and the gradients to all parameters. */
  private static void train(String name, GoldenCase golden, Model model) {
    Tensor sequence = golden.inputs().get(0);
    Tensor weights = golden.to().get(0);
    Trace trace = model.trace(sequence.type(), true);
    Value loss =
        trace.output().multiply(trace.builder().input("gradient", weights.type())).sumAll();
    List<Value> wanted = new ArrayList<>(List.of(trace.output()));
    wanted.addAll(Gradients.of(loss, List.copyOf(trace.parameters().values())));
    Program program = model.compile(trace.builder().build(wanted, Map.of()));
    List<Tensor> results = program.newOutputs();
    Tensor randomKey = Tensor.of(Shape.of(3), 0, 0, 0);
    program.run(List.of(sequence, randomKey, weights), results, accepted -> true);
    GoldenChecks.compare(Rule.GOLD_5, name + ", output", golden.outputs().get(0), results.get(0));
    for (int i = 1; i < results.size(); i++) {
      GoldenChecks.compare(
          Rule.GOLD_5, name + ", gradient " + i, golden.gradients().get(i), results.get(i));
    }
  }
}
