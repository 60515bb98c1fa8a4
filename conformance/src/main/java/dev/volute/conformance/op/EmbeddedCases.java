package dev.volute.conformance.op;

import dev.volute.conformance.rule.Rule;
import dev.volute.graph.Op;
import dev.volute.graph.composite.EmbeddedRecurrent;
import dev.volute.graph.composite.EmbeddedRecurrentGradient;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Recurrences over rows of a table, and their gradients. */
final class EmbeddedCases {
  /** Batch, time, features, units, rows; some with rows that no step has. */
  private static final List<int[]> SIZES =
      List.of(
          new int[] {1, 1, 1, 1, 1},
          new int[] {1, 2, 1, 1, 1},
          new int[] {2, 3, 7, 13, 3},
          new int[] {3, 5, 17, 31, 7},
          new int[] {1, 13, 3, 7, 5},
          new int[] {2, 9, 31, 65, 9},
          new int[] {65, 1, 3, 3, 30},
          new int[] {29, 47, 5, 9, 101},
          new int[] {1, 999, 2, 3, 65},
          new int[] {2, 3, 2, 64, 100},
          new int[] {0, 3, 2, 5, 4});

  private EmbeddedCases() {}

  static void addTo(CaseList cases) {
    for (RecurrentCell cell : RecurrentCell.values()) {
      for (int[] size : SIZES) {
        double terms = (double) size[2] + size[3];
        forward(cases, Rule.RNN_7, cell, size)
            .anyBindingOrConstant()
            .allow(RecurrentErrors.of(terms));
        gradient(cases, Rule.RNN_7, cell, size)
            .anyBinding()
            .allow(RecurrentErrors.of(terms * cell.gates() + (double) size[0] * size[1]));
      }
      unused(cases, cell);
      int[] many = {33, 7, 31, 65, 50};
      forward(cases, Rule.DETERMINISM_2, cell, many).repeat();
      gradient(cases, Rule.DETERMINISM_2, cell, many).repeat();
    }
  }

  /** A row that no step has reaches nothing, whatever it holds, and has a gradient of 0. */
  private static void unused(CaseList cases, RecurrentCell cell) {
    int[] size = {2, 9, 7, 13, 6};
    double terms = (double) size[2] + size[3];
    CaseList.Draft forward = cases.of(Rule.RNN_7, new EmbeddedRecurrent(cell, true));
    withUnused(inputs(cell, size), size).forEach(each -> forward.in(each.shape(), each.values()));
    forward.allow(RecurrentErrors.of(terms));
    CaseList.Draft gradient = cases.of(Rule.RNN_7, new EmbeddedRecurrentGradient(cell));
    withUnused(gradientInputs(cell, size), size)
        .forEach(each -> gradient.in(each.shape(), each.values()));
    gradient.allow(RecurrentErrors.of(terms * cell.gates() + (double) size[0] * size[1]));
  }

  /** The same with a last row of NaN, which no id names. */
  private static List<OpCase.Input> withUnused(List<OpCase.Input> inputs, int[] size) {
    List<OpCase.Input> all = new ArrayList<>(inputs);
    Values table = inputs.get(0).values();
    Values.Source rows =
        (i, count, random) ->
            i < count - size[2] ? table.source().get(i, count, random) : Double.NaN;
    all.set(0, RecurrentCases.input(inputs.get(0).shape(), new Values(table.dtype(), rows)));
    all.set(1, RecurrentCases.input(inputs.get(1).shape(), Values.integers(0, size[4] - 1)));
    return all;
  }

  /** Inputs of the forward pass. */
  static List<OpCase.Input> inputs(RecurrentCell cell, int[] size) {
    List<OpCase.Input> inputs = RecurrentCases.inputs(cell, size);
    Values values = inputs.get(0).values();
    inputs.set(0, RecurrentCases.input(Shape.of(size[4], size[2]), values));
    inputs.add(1, RecurrentCases.input(Shape.of(size[0], size[1]), Values.integers(0, size[4])));
    return inputs;
  }

  private static CaseList.Draft forward(CaseList cases, Rule rule, RecurrentCell cell, int[] size) {
    CaseList.Draft draft = cases.of(rule, new EmbeddedRecurrent(cell, true));
    inputs(cell, size).forEach(each -> draft.in(each.shape(), each.values()));
    return draft;
  }

  private static CaseList.Draft gradient(
      CaseList cases, Rule rule, RecurrentCell cell, int[] size) {
    CaseList.Draft draft = cases.of(rule, new EmbeddedRecurrentGradient(cell));
    gradientInputs(cell, size).forEach(each -> draft.in(each.shape(), each.values()));
    return draft;
  }

  /** Inputs of the gradient. */
  static List<OpCase.Input> gradientInputs(RecurrentCell cell, int[] size) {
    List<OpCase.Input> inputs = inputs(cell, size);
    Op forward = new EmbeddedRecurrent(cell, true);
    inputs.addAll(RecurrentCases.ofGradient(forward, cell, size, inputs));
    return inputs;
  }
}
