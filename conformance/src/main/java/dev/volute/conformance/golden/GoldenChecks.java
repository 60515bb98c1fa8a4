package dev.volute.conformance.golden;

import dev.volute.conformance.planned.PlannedGraph;
import dev.volute.conformance.rule.CheckList;
import dev.volute.conformance.rule.Rule;
import dev.volute.conformance.rule.Subject;
import dev.volute.conformance.rule.Violation;
import dev.volute.graph.Gradients;
import dev.volute.graph.Op;
import dev.volute.graph.Value;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.AdamUpdate;
import dev.volute.graph.composite.AveragePool;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.graph.composite.MaxPool;
import dev.volute.graph.composite.PoolGeometry;
import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.graph.composite.SgdUpdate;
import dev.volute.graph.composite.Softmax;
import dev.volute.graph.composite.SoftmaxCrossEntropy;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the cases of the file are in Volute's ops, results and gradients compared. */
public final class GoldenChecks {
  /** Allowed is this share of the largest element: sums have at most some hundred terms. */
  private static final double TOLERANCE = 1e-5;

  private final CheckList checks;
  private final Map<String, GoldenCase> cases = GoldenCase.all();

  private GoldenChecks(CheckList checks) {
    this.checks = checks;
  }

  public static void addTo(CheckList checks) {
    GoldenChecks golden = new GoldenChecks(checks);
    golden.convolutions();
    golden.pools();
    golden.norms();
    golden.classes();
    golden.recurrences();
    golden.updates();
  }

  private void op(Rule rule, String name, Op op) {
    add(rule, name, inputs -> all(op, inputs));
  }

  private static List<Value> all(Op op, List<Value> inputs) {
    return inputs.get(0).applyAll(op, inputs.subList(1, inputs.size()).toArray(Value[]::new));
  }

  private void add(Rule rule, String name, PlannedGraph.Body body) {
    GoldenCase golden = known(name);
    checks.add(rule, name, subject -> run(rule, name, golden, body, subject));
  }

  private GoldenCase known(String name) {
    GoldenCase golden = cases.get(name);
    if (golden == null) {
      throw new IllegalStateException("There is no golden case " + name);
    }
    return golden;
  }

  private static void run(
      Rule rule, String name, GoldenCase golden, PlannedGraph.Body body, Subject subject) {
    int outputs = golden.outputs().size();
    List<Tensor> given = new ArrayList<>(golden.inputs());
    given.addAll(golden.to());
    List<Tensor> results =
        PlannedGraph.run(
            subject.backend(),
            given,
            values -> {
              List<Value> inputs = values.subList(0, golden.inputs().size());
              List<Value> made = new ArrayList<>(body.build(inputs).subList(0, outputs));
              if (!golden.gradients().isEmpty()) {
                made.addAll(gradients(made, inputs, values.subList(inputs.size(), values.size())));
              }
              return made;
            });
    List<Tensor> expected = new ArrayList<>(golden.outputs());
    expected.addAll(golden.gradients());
    for (int i = 0; i < expected.size(); i++) {
      String what = i < outputs ? "output " + i : "gradient " + (i - outputs);
      compare(rule, name + ", " + what, expected.get(i), results.get(i));
    }
  }

  private static List<Value> gradients(List<Value> outputs, List<Value> inputs, List<Value> to) {
    Value loss = outputs.get(0).multiply(to.get(0)).sumAll();
    for (int i = 1; i < to.size(); i++) {
      loss = loss.add(outputs.get(i).multiply(to.get(i)).sumAll());
    }
    return Gradients.of(loss, inputs.stream().filter(input -> input.dtype().isFloating()).toList());
  }

  static void compare(Rule rule, String what, Tensor expected, Tensor got) {
    double largest = 1;
    for (int i = 0; i < expected.length(); i++) {
      largest = Math.max(largest, Math.abs(expected.get(i)));
    }
    for (int i = 0; i < expected.length(); i++) {
      if (!(Math.abs(expected.get(i) - got.get(i)) <= TOLERANCE * largest)) {
        throw new Violation(
            rule,
            "%s of %s, element %d: PyTorch has %s, got %s"
                .formatted(what, expected.type(), i, expected.get(i), got.get(i)));
      }
    }
  }

  private void convolution(
      String name,
      List<Integer> strides,
      List<Integer> padding,
      List<Integer> dilations,
      int groups) {
    ConvolutionGeometry geometry =
        new ConvolutionGeometry(strides, padding, padding, dilations, groups);
    op(Rule.GOLD_1, name, new Convolution(geometry, true, Activation.IDENTITY));
  }

  private void convolutions() {
    convolution("conv", List.of(1, 1), List.of(0, 0), List.of(1, 1), 1);
    convolution("conv-strides", List.of(2, 3), List.of(1, 2), List.of(1, 1), 1);
    convolution("conv-dilation", List.of(1, 1), List.of(1, 0), List.of(2, 3), 1);
    convolution("conv-groups", List.of(1, 1), List.of(0, 0), List.of(1, 1), 2);
    convolution("conv-depthwise", List.of(2, 2), List.of(1, 1), List.of(1, 1), 3);
    convolution("conv-1d", List.of(2), List.of(1), List.of(1), 1);
    convolution("conv-3d", List.of(1, 1, 1), List.of(1, 1, 1), List.of(1, 1, 1), 1);
  }

  private void pools() {
    List<Integer> window = List.of(3, 2);
    PoolGeometry shifting = new PoolGeometry(window, List.of(2, 1), List.of(1, 0), List.of(1, 0));
    PoolGeometry padded = new PoolGeometry(window, List.of(2, 2), List.of(1, 1), List.of(1, 1));
    op(Rule.GOLD_2, "max-pool", new MaxPool(shifting, false));
    op(Rule.GOLD_2, "average-pool", new AveragePool(padded, true));
    op(Rule.GOLD_2, "average-pool-inside", new AveragePool(padded, false));
  }

  private void norms() {
    op(Rule.GOLD_3, "batch-norm", new BatchNormTraining(1e-5, Activation.IDENTITY));
    op(Rule.GOLD_3, "batch-norm-inference", new BatchNormInference(1e-5, Activation.IDENTITY));
  }

  private void classes() {
    op(Rule.GOLD_4, "softmax", new Softmax());
    op(Rule.GOLD_4, "cross-entropy", new SoftmaxCrossEntropy());
    op(Rule.GOLD_4, "cross-entropy-ignoring", new SoftmaxCrossEntropy());
  }

  private void recurrences() {
    op(Rule.GOLD_5, "rnn-tanh", new Recurrent(RecurrentCell.TANH, true));
    op(Rule.GOLD_5, "rnn-relu", new Recurrent(RecurrentCell.RELU, true));
    op(Rule.GOLD_5, "lstm", new Recurrent(RecurrentCell.LSTM, true));
    op(Rule.GOLD_5, "gru-reset-after", new Recurrent(RecurrentCell.GRU_RESET_AFTER, true));
    add(Rule.GOLD_5, "lstm-bidirectional", GoldenChecks::bidirectional);
    for (String name : List.of("lstm-bidirectional-stack", "gru-bidirectional")) {
      GoldenCase golden = known(name);
      checks.add(Rule.GOLD_5, name, subject -> GoldenLayers.run(name, golden, subject));
    }
  }

  /** Inputs: x; h and c of both directions; weights and bias of both. */
  private static List<Value> bidirectional(List<Value> in) {
    Recurrent lstm = new Recurrent(RecurrentCell.LSTM, true);
    Value there =
        in.get(0).applyAll(lstm, in.get(1), in.get(2), in.get(5), in.get(6), in.get(7)).get(0);
    Value back =
        in.get(0)
            .flip(1)
            .applyAll(lstm, in.get(3), in.get(4), in.get(8), in.get(9), in.get(10))
            .get(0)
            .flip(1);
    return List.of(Value.concat(2, List.of(there, back)));
  }

  private void updates() {
    sgd("sgd", new SgdUpdate(0, false, 0));
    sgd("sgd-momentum", new SgdUpdate(0.9, false, 0.01));
    sgd("sgd-nesterov", new SgdUpdate(0.9, true, 0.01));
    adam("adam", new AdamUpdate(0.9, 0.999, 1e-8, 0, false));
    adam("adam-decay", new AdamUpdate(0.9, 0.999, 1e-8, 0.1, false));
    adam("adamw", new AdamUpdate(0.9, 0.999, 1e-8, 0.1, true));
  }

  /** Inputs: the parameter, then the gradient of each step. */
  private void sgd(String name, SgdUpdate op) {
    add(
        Rule.GOLD_6,
        name,
        in -> {
          Value p = in.get(0);
          Value rate = p.filled(Shape.scalar(), 0.1);
          Value velocity = p.zerosLike();
          for (Value gradient : in.subList(1, in.size())) {
            if (op.momentum() == 0) {
              p = p.apply(op, gradient, rate);
            } else {
              List<Value> next = p.applyAll(op, gradient, velocity, rate);
              p = next.get(0);
              velocity = next.get(1);
            }
          }
          return List.of(p);
        });
  }

  private void adam(String name, AdamUpdate op) {
    add(
        Rule.GOLD_6,
        name,
        in -> {
          List<Value> now = List.of(in.get(0), in.get(0).zerosLike(), in.get(0).zerosLike());
          Value rate = in.get(0).filled(Shape.scalar(), 0.01);
          for (int step = 1; step < in.size(); step++) {
            Value number = in.get(0).filled(Shape.scalar(), step);
            now = now.get(0).applyAll(op, in.get(step), now.get(1), now.get(2), rate, number);
          }
          return List.of(now.get(0));
        });
  }
}
