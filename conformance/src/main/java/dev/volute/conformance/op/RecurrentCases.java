package dev.volute.conformance.op;

import dev.volute.conformance.reference.ReferenceOps;
import dev.volute.conformance.rule.Rule;
import dev.volute.graph.Op;
import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.graph.composite.RecurrentGradient;
import dev.volute.spi.OpCall;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Recurrent sequences and their gradients. */
final class RecurrentCases {
  /** Batch, time, features, units; the longest want more steps than a backend may do at a time. */
  private static final List<int[]> SIZES =
      List.of(
          new int[] {1, 1, 1, 1},
          new int[] {2, 3, 7, 13},
          new int[] {3, 5, 17, 31},
          new int[] {1, 13, 3, 7},
          new int[] {13, 2, 3, 17},
          new int[] {2, 4, 31, 65},
          new int[] {7, 3, 2, 64},
          new int[] {1, 2, 100, 2},
          new int[] {65, 1, 3, 3},
          new int[] {29, 47, 5, 9},
          new int[] {1, 999, 2, 3},
          new int[] {0, 3, 2, 5});

  private RecurrentCases() {}

  static void addTo(CaseList cases) {
    for (RecurrentCell cell : RecurrentCell.values()) {
      for (int[] size : SIZES) {
        forward(cases, rule(cell), cell, false, size);
        forward(cases, cell.reserve() > 0 ? Rule.RNN_5 : rule(cell), cell, true, size);
        gradient(cases, cell, size);
      }
    }
  }

  private static Rule rule(RecurrentCell cell) {
    return switch (cell) {
      case TANH, RELU -> Rule.RNN_1;
      case LSTM -> Rule.RNN_2;
      case GRU -> Rule.RNN_3;
      case GRU_RESET_AFTER -> Rule.RNN_4;
    };
  }

  /** Inputs of the forward pass; weights small enough that states stay in the cells' range. */
  static List<OpCase.Input> inputs(RecurrentCell cell, int[] size) {
    int units = size[3];
    int width = cell.gates() * units;
    Values ordinary = Values.uniform();
    double limit = 1 / Math.sqrt(units);
    Values weight = Values.between(-limit, limit);
    List<OpCase.Input> inputs = new ArrayList<>();
    inputs.add(input(Shape.of(size[0], size[1], size[2]), ordinary));
    inputs.add(input(Shape.of(size[0], units), ordinary));
    if (cell.hasCellState()) {
      inputs.add(input(Shape.of(size[0], units), ordinary));
    }
    inputs.add(input(Shape.of(size[2], width), weight));
    inputs.add(input(Shape.of(units, width), weight));
    inputs.add(input(Shape.of(width), weight));
    if (cell.hasRecurrentBias()) {
      inputs.add(input(Shape.of(units), weight));
    }
    return inputs;
  }

  static OpCase.Input input(Shape shape, Values values) {
    return new OpCase.Input(shape, values, Layout.DENSE);
  }

  private static void forward(
      CaseList cases, Rule rule, RecurrentCell cell, boolean reserve, int[] size) {
    CaseList.Draft draft = cases.of(rule, new Recurrent(cell, reserve));
    inputs(cell, size).forEach(each -> draft.in(each.shape(), each.values()));
    draft.anyBindingOrConstant().allow(RecurrentErrors.of(terms(size)));
  }

  private static double terms(int[] size) {
    return size[2] + size[3];
  }

  private static void gradient(CaseList cases, RecurrentCell cell, int[] size) {
    CaseList.Draft draft = cases.of(Rule.RNN_6, new RecurrentGradient(cell));
    List<OpCase.Input> inputs = inputs(cell, size);
    inputs.addAll(ofGradient(new Recurrent(cell, true), cell, size, inputs));
    inputs.forEach(each -> draft.in(each.shape(), each.values()));
    draft
        .anyBinding()
        .allow(RecurrentErrors.of(terms(size) * cell.gates() + (double) size[0] * size[1]));
  }

  /** What a gradient reads beside the inputs of the forward pass. */
  static List<OpCase.Input> ofGradient(
      Op forward, RecurrentCell cell, int[] size, List<OpCase.Input> inputs) {
    Shape sequence = Shape.of(size[0], size[1], size[3]);
    Shape state = Shape.of(size[0], size[3]);
    List<double[]> outputs = forwardOutputs(forward, inputs);
    List<OpCase.Input> more = new ArrayList<>();
    more.add(input(sequence, kept(outputs.get(0))));
    if (cell.reserve() > 0) {
      double[] reserve = outputs.get(outputs.size() - 1);
      more.add(input(sequence.with(2, cell.reserve() * size[3]), kept(reserve)));
    }
    more.add(input(sequence, Values.uniform()));
    more.add(input(state, Values.uniform()));
    if (cell.hasCellState()) {
      more.add(input(state, Values.uniform()));
    }
    return more;
  }

  /** States and reserve of some sequence, in their proper ranges. */
  private static List<double[]> forwardOutputs(Op forward, List<OpCase.Input> inputs) {
    SplittableRandom random = new SplittableRandom(inputs.hashCode());
    List<TensorType> types = inputs.stream().map(OpCase.Input::type).toList();
    List<double[]> values =
        inputs.stream()
            .map(each -> each.values().make((int) each.shape().elements(), random))
            .toList();
    return ReferenceOps.compute(OpCall.of(forward, types), values);
  }

  private static Values kept(double[] values) {
    return new Values(DType.F32, (i, count, random) -> values[i]);
  }
}
