package dev.volute.conformance.broken;

import dev.volute.conformance.reference.ReferenceBackend;
import dev.volute.conformance.rule.Rule;
import dev.volute.graph.Binary;
import dev.volute.graph.Gather;
import dev.volute.graph.MatMul;
import dev.volute.graph.Op;
import dev.volute.graph.Unary;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendException;
import dev.volute.spi.ForwardingBackend;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
import dev.volute.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Flaws of the backend as a whole: memory, claims, threads, opening and closing. */
final class BackendMutants {
  private BackendMutants() {}

  static List<Mutant> all() {
    List<Mutant> all = new ArrayList<>();
    kernels(all);
    claims(all);
    gradients(all);
    lives(all);
    return all;
  }

  private static void kernels(List<Mutant> all) {
    all.add(
        Mutant.of(
            "a kernel that writes one past the end",
            Rule.MEM_2,
            Rule.MATMUL_1,
            Spoiler.after(
                MatMul.class,
                (op, operands) -> {
                  Operand y = operands.output(0);
                  long end = y.view().offset() + y.view().shape().elements();
                  Numbers.put(y, end, 0);
                })));
    all.add(
        Mutant.of(
            "a kernel that fills the gaps between rows",
            Rule.MEM_2,
            Rule.BINARY_1,
            Spoiler.after(
                Binary.class,
                (op, operands) -> {
                  Operand y = operands.output(0);
                  boolean gaps = y.view().shape().rank() == 2 && !y.view().isDense();
                  if (gaps && y.view().stride(1) == 1) {
                    Numbers.put(y, y.view().offset() + y.view().shape().dim(1), 0);
                  }
                })));
    all.add(
        Mutant.of(
            "a kernel that clears its input",
            Rule.MEM_1,
            Rule.MATMUL_1,
            Spoiler.after(
                MatMul.class,
                (op, operands) -> {
                  Operand x = operands.input(0);
                  Numbers.set(x, new double[(int) x.view().shape().elements()]);
                })));
    all.add(
        Mutant.of(
            "a kernel that forgets the last element",
            Rule.MEM_3,
            Rule.UNARY_2,
            Spoiler.only(
                Unary.class,
                (correct, call, operands) -> {
                  Kernel kernel = correct.bind(call, operands);
                  Operand y = operands.output(0);
                  return () -> {
                    double[] before = Numbers.get(y);
                    kernel.run();
                    if (before.length > 1) {
                      double[] after = Numbers.get(y);
                      after[before.length - 1] = before[before.length - 1];
                      Numbers.set(y, after);
                    }
                  };
                })));
    all.add(
        Mutant.of(
            "a kernel that returns before its thread has done the work",
            Rule.MEM_3,
            Rule.MATMUL_1,
            Spoiler.only(
                MatMul.class,
                (correct, call, operands) -> {
                  Kernel kernel = correct.bind(call, operands);
                  return () -> later(kernel);
                })));
    all.add(
        Mutant.of("a kernel that needs more scratch than it says", Rule.MEM_4, GreedyScratch::open)
            .through(Rule.MATMUL_1));
    all.add(
        Mutant.of(
            "a kernel that keeps its first result",
            Rule.RUN_1,
            Spoiler.only(
                MatMul.class,
                (correct, call, operands) -> {
                  Kernel kernel = correct.bind(call, operands);
                  List<double[]> first = new ArrayList<>();
                  return () -> {
                    if (first.isEmpty()) {
                      kernel.run();
                      first.add(Numbers.get(operands.output(0)));
                    }
                    Numbers.set(operands.output(0), first.get(0));
                  };
                })));
    all.add(
        Mutant.of(
            "weights read when the kernel is bound",
            Rule.RUN_1,
            Spoiler.only(
                MatMul.class,
                (correct, call, operands) -> {
                  double[] early = Numbers.get(operands.input(1));
                  return Spoiler.values(MatMul.class, 1, (op, now) -> early)
                      .bind(correct, call, operands);
                })));
  }

  private static void later(Kernel kernel) {
    Thread worker =
        new Thread(
            () -> {
              LockSupport.parkNanos(50_000_000);
              kernel.run();
            });
    // By then the memory may be closed.
    worker.setUncaughtExceptionHandler((thread, e) -> {});
    worker.setDaemon(true);
    worker.start();
  }

  /** Declares 16 elements of scratch memory for a product, and uses 17. */
  private static final class GreedyScratch {
    static Backend open(int threads) {
      Spoiler greedy =
          Spoiler.only(
              MatMul.class,
              (correct, call, operands) -> {
                Kernel kernel = correct.bind(call, operands);
                Operand scratch = operands.scratch().orElseThrow();
                return () -> {
                  kernel.run();
                  for (int i = 0; i < 17; i++) {
                    Numbers.put(scratch, scratch.view().offset() + i, 0);
                  }
                };
              });
      return new ForwardingBackend(new BrokenBackend(new ReferenceBackend(), greedy)) {
        @Override
        public Scratch scratch(OpCall call) {
          return call.op() instanceof MatMul ? Scratch.floats(16) : Scratch.NONE;
        }
      };
    }
  }

  private static void claims(List<Mutant> all) {
    all.add(
        Mutant.of(
                "a primitive that is not claimed",
                Rule.CLAIM_1,
                threads ->
                    new ForwardingBackend(new ReferenceBackend()) {
                      @Override
                      public boolean claims(OpCall call) {
                        return !(call.op() instanceof Gather) && super.claims(call);
                      }
                    })
            .through(Rule.GATHER_1));
    all.add(
        Mutant.of(
            "everything is claimed",
            Rule.CLAIM_2,
            threads ->
                new ForwardingBackend(new ReferenceBackend()) {
                  @Override
                  public boolean claims(OpCall call) {
                    return true;
                  }
                }));
    all.add(
        Mutant.of(
            "bound although not claimed",
            Rule.CLAIM_2,
            threads ->
                new ForwardingBackend(new ReferenceBackend()) {
                  @Override
                  public boolean claims(OpCall call) {
                    return call.input(0).dtype() != DType.F64 && super.claims(call);
                  }
                }));
    all.add(
        Mutant.of(
            "refused by another exception",
            Rule.CLAIM_2,
            threads ->
                new ForwardingBackend(new ReferenceBackend()) {
                  @Override
                  public Kernel bind(OpCall call, Operands operands) {
                    if (!claims(call)) {
                      throw new UnsupportedOperationException();
                    }
                    return super.bind(call, operands);
                  }
                }));
    all.add(
        Mutant.of(
            "a primitive that only lowered composites meet is wrong",
            Rule.CLAIM_3,
            Spoiler.swap(
                Binary.class,
                op ->
                    op.function() == Binary.Function.TANH_GRADIENT
                        ? new Binary(Binary.Function.SIGMOID_GRADIENT)
                        : op)));
  }

  /** Flaws that only gradients show. */
  private static void gradients(List<Mutant> all) {
    all.add(
        Mutant.of(
            "relu's gradient that lets everything through",
            Rule.GRAD_1,
            Spoiler.after(
                Binary.class,
                (op, operands) -> {
                  if (op.function() == Binary.Function.RELU_GRADIENT) {
                    Numbers.set(operands.output(0), Numbers.get(operands.input(1)));
                  }
                })));
    all.add(
        Mutant.of(
            "double precision that is single",
            Rule.GRAD_2,
            Spoiler.result(
                Binary.class, 0, (op, y) -> Arrays.stream(y).map(v -> (float) v).toArray())));
  }

  private static void lives(List<Mutant> all) {
    Random random = new Random(1);
    all.add(
        Mutant.of(
            "a bit that changes by chance",
            Rule.DETERMINISM_1,
            Spoiler.result(
                MatMul.class,
                0,
                (op, y) ->
                    random.nextBoolean()
                        ? y
                        : Arrays.stream(y).map(v -> Math.nextUp((float) v)).toArray())));
    all.add(
        Mutant.of(
            "bits that depend on the number of threads",
            Rule.DETERMINISM_2,
            threads ->
                new BrokenBackend(
                    new ReferenceBackend(),
                    Spoiler.result(
                        MatMul.class,
                        0,
                        (op, y) ->
                            Arrays.stream(y)
                                .map(v -> threads > 3 ? Math.nextUp((float) v) : v)
                                .toArray()))));
    double[] shared = new double[1 << 20];
    all.add(
        Mutant.of(
            "kernels that share a buffer",
            Rule.CONCURRENCY_1,
            Spoiler.result(
                Op.class,
                0,
                (op, y) -> {
                  System.arraycopy(y, 0, shared, 0, y.length);
                  double[] back = Arrays.copyOf(shared, y.length);
                  pause();
                  System.arraycopy(shared, 0, back, 0, y.length);
                  shared[0]++;
                  return back;
                })));
    AtomicInteger users = new AtomicInteger();
    all.add(
        Mutant.of(
            "kernels that cannot run side by side",
            Rule.CONCURRENCY_2,
            Spoiler.after(
                Op.class,
                (op, operands) -> {
                  if (users.incrementAndGet() > 1) {
                    throw new BackendException("busy");
                  }
                  pause();
                  users.decrementAndGet();
                })));
    AtomicInteger open = new AtomicInteger();
    all.add(
        Mutant.of(
            "state that all backends of the process share",
            Rule.LIFE_1,
            threads -> {
              open.set(1);
              return new ForwardingBackend(
                  new BrokenBackend(
                      new ReferenceBackend(),
                      Spoiler.after(
                          Op.class,
                          (op, operands) -> {
                            if (open.get() == 0) {
                              throw new BackendException("closed");
                            }
                          }))) {
                @Override
                public void close() {
                  open.set(0);
                  super.close();
                }
              };
            }));
    all.add(
        Mutant.of(
            "a closed backend that allocates",
            Rule.LIFE_2,
            threads ->
                new ForwardingBackend(new ReferenceBackend()) {
                  @Override
                  public void close() {}
                }));
    all.add(
        Mutant.of(
            "a name with a space",
            Rule.LIFE_3,
            threads ->
                new ForwardingBackend(new ReferenceBackend()) {
                  @Override
                  public String name() {
                    return "My Backend";
                  }
                }));
  }

  private static void pause() {
    for (int i = 0; i < 20; i++) {
      Thread.yield();
    }
  }
}
