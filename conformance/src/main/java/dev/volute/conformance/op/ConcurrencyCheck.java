package dev.volute.conformance.op;

import dev.volute.conformance.rule.Rule;
import dev.volute.conformance.rule.Subject;
import dev.volute.conformance.rule.Violation;
import dev.volute.graph.Binary;
import dev.volute.graph.MatMul;
import dev.volute.graph.Op;
import dev.volute.graph.Reduce;
import dev.volute.graph.ScatterAdd;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.graph.composite.Softmax;
import dev.volute.spi.Backend;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several threads run kernels of one backend at once, each its own. */
final class ConcurrencyCheck {
  private static final int USERS = 4;
  private static final int ROUNDS = 5;

  private ConcurrencyCheck() {}

  static void addTo(CaseList cases) {
    List<OpCase> mixed = new ArrayList<>();
    for (List<OpCase.Input> inputs : inputs()) {
      mixed.add(
          new OpCase(
              Rule.CONCURRENCY_1,
              OPS.get(mixed.size()),
              inputs,
              Layout.DENSE,
              Optional.empty(),
              OpCase.Binding.APART,
              ErrorModel.exact(),
              cases.nextSeed(Rule.CONCURRENCY_1) + mixed.size()));
    }
    cases.add(
        Rule.CONCURRENCY_1,
        USERS + " threads over and over run " + OPS.stream().map(Op::name).toList(),
        subject -> run(mixed, subject));
  }

  private static final List<Op> OPS =
      List.of(
          new MatMul(1, 0),
          new Convolution(
              new ConvolutionGeometry(
                  List.of(1, 1), List.of(1, 1), List.of(1, 1), List.of(1, 1), 1),
              false,
              Activation.RELU),
          new Recurrent(RecurrentCell.LSTM, true),
          new Reduce(Reduce.Function.SUM, List.of(0)),
          new Softmax(),
          new Binary(Binary.Function.MULTIPLY),
          new ScatterAdd(7));

  private static List<List<OpCase.Input>> inputs() {
    Shape rows = Shape.of(100, 127);
    return List.of(
        List.of(input(65, 100), input(100, 127)),
        List.of(input(2, 5, 17, 13), input(13, 5, 3, 3)),
        RecurrentCases.inputs(RecurrentCell.LSTM, new int[] {13, 3, 17, 31}),
        List.of(input(1000, 31)),
        List.of(input(100, 127)),
        List.of(input(100, 127), new OpCase.Input(rows, Values.uniform(), Layout.BROADCAST)),
        List.of(
            new OpCase.Input(Shape.of(300), Values.integers(0, 7), Layout.DENSE), input(300, 31)));
  }

  private static OpCase.Input input(int... lengths) {
    return new OpCase.Input(Shape.of(lengths), Values.uniform(), Layout.DENSE);
  }

  private static void run(List<OpCase> all, Subject subject) {
    Backend backend = subject.backend();
    List<OpCase> cases = all.stream().filter(each -> backend.claims(each.call())).toList();
    List<List<Tensor>> alone = new ArrayList<>();
    for (OpCase each : cases) {
      try (GuardedRun run = GuardedRun.bind(backend, each, each.operands())) {
        run.run();
        alone.add(run.outputs());
      }
    }
    ExecutorService users = Executors.newFixedThreadPool(USERS);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int user = 0; user < USERS; user++) {
        int first = user;
        running.add(users.submit(() -> use(backend, cases, alone, first)));
      }
      for (Future<?> each : running) {
        each.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Violation violation) {
        throw violation;
      }
      throw new Violation(Rule.CONCURRENCY_1, "a thread failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      users.shutdownNow();
    }
  }

  /** Goes through the cases, starting at one of them. */
  private static void use(
      Backend backend, List<OpCase> cases, List<List<Tensor>> alone, int first) {
    for (int i = 0; i < cases.size(); i++) {
      int at = (first + i) % cases.size();
      try (GuardedRun run = GuardedRun.bind(backend, cases.get(at), cases.get(at).operands())) {
        for (int round = 0; round < ROUNDS; round++) {
          run.write();
          run.run();
          if (!run.outputs().equals(alone.get(at))) {
            throw new Violation(
                Rule.CONCURRENCY_1, cases.get(at) + ": the result differs from that of one thread");
          }
        }
      }
    }
  }
}
