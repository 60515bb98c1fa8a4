package dev.volute.backend.java.training;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.kernel.Shares;
import dev.volute.backend.java.simd.AdamStep;
import dev.volute.backend.java.simd.Updates;
import dev.volute.graph.composite.AdamUpdate;
import dev.volute.graph.composite.SgdUpdate;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;

/** Optimizer updates. Outputs apart from their inputs are first made equal to them. */
final class UpdateKernels {
  /** Short calls are compiled sooner than long ones. */
  private static final int PIECE = 512;

  private UpdateKernels() {}

  static Kernel sgd(SgdUpdate op, OpCall call, Operands operands, Machine machine) {
    boolean moving = op.momentum() != 0;
    Floats p = Floats.of(operands.output(0));
    Floats g = Floats.of(operands.input(1));
    Floats rate = Floats.of(operands.input(moving ? 3 : 2));
    Floats v = moving ? Floats.of(operands.output(1)) : p;
    Floats oldP = Floats.of(operands.input(0));
    Floats oldV = moving ? Floats.of(operands.input(2)) : oldP;
    Updates updates = machine.simd().updates();
    float decay = (float) op.weightDecay();
    float momentum = (float) op.momentum();
    float now = op.nesterov() ? 1 : 0;
    float ahead = op.nesterov() ? momentum : 1;
    return elements(
        call,
        machine,
        (from, to) -> {
          float pace = rate.array()[rate.offset()];
          int n = to - from;
          copy(oldP, p, from, n);
          if (!moving) {
            updates.sgd(n, p.array(), p.offset() + from, g.array(), g.offset() + from, pace, decay);
            return;
          }
          copy(oldV, v, from, n);
          updates.momentum(
              n,
              p.array(),
              p.offset() + from,
              v.array(),
              v.offset() + from,
              g.array(),
              g.offset() + from,
              pace,
              decay,
              momentum,
              now,
              ahead);
        });
  }

  static Kernel adam(AdamUpdate op, OpCall call, Operands operands, Machine machine) {
    Floats p = Floats.of(operands.output(0));
    Floats m = Floats.of(operands.output(1));
    Floats v = Floats.of(operands.output(2));
    Floats oldP = Floats.of(operands.input(0));
    Floats g = Floats.of(operands.input(1));
    Floats oldM = Floats.of(operands.input(2));
    Floats oldV = Floats.of(operands.input(3));
    Floats rate = Floats.of(operands.input(4));
    Floats count = Floats.of(operands.input(5));
    Updates updates = machine.simd().updates();
    AdamStep step = new AdamStep(op);
    Kernel kernel =
        elements(
            call,
            machine,
            (from, to) -> {
              int n = to - from;
              copy(oldP, p, from, n);
              copy(oldM, m, from, n);
              copy(oldV, v, from, n);
              updates.adam(
                  n,
                  p.array(),
                  p.offset() + from,
                  m.array(),
                  m.offset() + from,
                  v.array(),
                  v.offset() + from,
                  g.array(),
                  g.offset() + from,
                  step);
            });
    return () -> {
      step.set(count.array()[count.offset()], rate.array()[rate.offset()]);
      kernel.run();
    };
  }

  private static Kernel elements(OpCall call, Machine machine, Shares.Range range) {
    int elements = Math.toIntExact(call.input(0).shape().elements());
    return Shares.kernel(
        machine.workers(),
        elements,
        1,
        (from, to) -> {
          for (int at = from; at < to; at += PIECE) {
            range.run(at, Math.min(to, at + PIECE));
          }
        });
  }

  private static void copy(Floats from, Floats to, int start, int n) {
    if (from.array() != to.array() || from.offset() != to.offset()) {
      System.arraycopy(from.array(), from.offset() + start, to.array(), to.offset() + start, n);
    }
  }
}
