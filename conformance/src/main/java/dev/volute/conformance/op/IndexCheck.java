package dev.volute.conformance.op;

import dev.volute.conformance.rule.NotApplicable;
import dev.volute.conformance.rule.Rule;
import dev.volute.conformance.rule.Subject;
import dev.volute.conformance.rule.Violation;
import dev.volute.graph.Gather;
import dev.volute.graph.Op;
import dev.volute.graph.ScatterAdd;
import dev.volute.graph.composite.EmbeddedRecurrent;
import dev.volute.graph.composite.EmbeddedRecurrentGradient;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.graph.composite.SoftmaxCrossEntropy;
import dev.volute.spi.Backend;
import dev.volute.spi.IndexRangeException;
import dev.volute.tensor.Shape;
import java.util.List;
import java.util.Optional;

/** An index that points outside is reported, and what it points to is not touched. */
final class IndexCheck {
  private static final int BOUND = 5;
  private static final int POSITION = 3;
  private static final List<Integer> OUTSIDE =
      List.of(BOUND, -2, Integer.MAX_VALUE, Integer.MIN_VALUE);

  private IndexCheck() {}

  static void addTo(CaseList cases) {
    for (int index : OUTSIDE) {
      Values indices = Values.fixedIntegers(0, 4, 2, index, 1, 3, 2);
      Shape rows = Shape.of(7);
      Values x = Values.uniform();
      add(
          cases,
          Rule.GATHER_2,
          new Gather(),
          List.of(input(Shape.of(BOUND, 3), x), input(rows, indices)),
          index);
      add(
          cases,
          Rule.SCATTER_2,
          new ScatterAdd(BOUND),
          List.of(input(rows, indices), input(Shape.of(7, 3), x)),
          index);
      add(
          cases,
          Rule.LOSS_4,
          new SoftmaxCrossEntropy(),
          List.of(input(Shape.of(7, BOUND), x), input(rows, indices)),
          index);
      overTable(cases, indices, index);
    }
  }

  /** So few rows that it pays to multiply the table. */
  private static void overTable(CaseList cases, Values indices, int index) {
    RecurrentCell cell = RecurrentCell.LSTM;
    int[] size = {2, 7, 3, 4, BOUND};
    List<OpCase.Input> inputs = EmbeddedCases.inputs(cell, size);
    OpCase.Input ids = input(inputs.get(1).shape(), indices);
    inputs.set(1, ids);
    add(cases, Rule.RNN_8, new EmbeddedRecurrent(cell, true), inputs, index);
    List<OpCase.Input> ofGradient = EmbeddedCases.gradientInputs(cell, size);
    ofGradient.set(1, ids);
    add(cases, Rule.RNN_8, new EmbeddedRecurrentGradient(cell), ofGradient, index);
  }

  private static OpCase.Input input(Shape shape, Values values) {
    return new OpCase.Input(shape, values, Layout.DENSE);
  }

  private static void add(CaseList cases, Rule rule, Op op, List<OpCase.Input> inputs, int index) {
    OpCase given =
        new OpCase(
            rule,
            op,
            inputs,
            Layout.DENSE,
            Optional.empty(),
            OpCase.Binding.APART,
            ErrorModel.exact(),
            cases.nextSeed(rule));
    cases.add(rule, "index " + index + " in " + given, subject -> run(given, index, subject));
  }

  private static void run(OpCase given, int index, Subject subject) {
    Backend backend = subject.backend();
    if (!backend.claims(given.call())) {
      throw new NotApplicable("not claimed: " + given);
    }
    OpCase.Operands operands = given.operands();
    try (GuardedRun run = GuardedRun.bind(backend, given, operands)) {
      run.run();
      throw new Violation(given.rule(), "index %d is not reported by %s".formatted(index, given));
    } catch (IndexRangeException e) {
      if (e.position() != POSITION || e.index() != index || e.bound() != BOUND) {
        throw new Violation(
            given.rule(),
            "index %d at position %d is reported wrongly by %s".formatted(index, POSITION, given),
            e);
      }
    }
  }
}
