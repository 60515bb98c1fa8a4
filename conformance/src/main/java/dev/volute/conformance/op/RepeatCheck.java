package dev.volute.conformance.op;

import dev.volute.conformance.rule.NotApplicable;
import dev.volute.conformance.rule.Subject;
import dev.volute.conformance.rule.Violation;
import dev.volute.spi.Backend;
import dev.volute.tensor.Tensor;
import java.util.List;

/** Runs a case several times and compares the results bit by bit. */
final class RepeatCheck {
  private static final int MOST_THREADS = 4;

  private RepeatCheck() {}

  static void runs(OpCase given, Subject subject) {
    Backend backend = claiming(given, subject.backend());
    OpCase.Operands operands = given.operands();
    List<Tensor> first;
    try (GuardedRun run = GuardedRun.bind(backend, given, operands)) {
      run.run();
      first = run.outputs();
      for (int i = 0; i < 3; i++) {
        run.write();
        run.run();
        same(given, operands, first, run.outputs(), "the same kernel's next run");
      }
    }
    try (GuardedRun run = GuardedRun.bind(backend, given, operands)) {
      run.run();
      same(given, operands, first, run.outputs(), "another kernel's run");
    }
  }

  static void otherInputs(OpCase given, Subject subject) {
    Backend backend = claiming(given, subject.backend());
    OpCase.Operands operands = given.operands();
    OpCase.Operands others =
        new OpCase.Operands(
            operands.inputs().stream().map(Slot::scaled).toList(), operands.outputs());
    List<Tensor> expected = outputs(given, others, backend);
    try (GuardedRun run = GuardedRun.bind(backend, given, operands)) {
      run.run();
      run.writeInputs(others.inputs());
      run.run();
      same(given, operands, expected, run.outputs(), "the inputs changed after a first run");
    }
  }

  static void threads(OpCase given, Subject subject) {
    OpCase.Operands operands = given.operands();
    List<Tensor> alone = outputs(given, operands, claiming(given, subject.backend(1)));
    for (int threads = 2; threads <= MOST_THREADS; threads++) {
      Backend backend = subject.backend(threads);
      List<Tensor> together = outputs(given, operands, backend);
      same(given, operands, alone, together, threads + " threads instead of one");
    }
  }

  private static Backend claiming(OpCase given, Backend backend) {
    if (!backend.claims(given.call())) {
      throw new NotApplicable("not claimed: " + given);
    }
    return backend;
  }

  private static List<Tensor> outputs(OpCase given, OpCase.Operands operands, Backend backend) {
    try (GuardedRun run = GuardedRun.bind(backend, given, operands)) {
      run.run();
      return run.outputs();
    }
  }

  private static void same(
      OpCase given, OpCase.Operands operands, List<Tensor> a, List<Tensor> b, String what) {
    for (int output = 0; output < a.size(); output++) {
      int[] places = operands.outputs().get(output).places();
      for (int i = 0; i < places.length; i++) {
        if (!Slot.same(a.get(output), b.get(output), places[i])) {
          throw new Violation(
              given.rule(),
              "%s%noutput %d, element %d: %s, and with %s %s"
                  .formatted(
                      given,
                      output,
                      i,
                      a.get(output).get(places[i]),
                      what,
                      b.get(output).get(places[i])));
        }
      }
    }
  }
}
