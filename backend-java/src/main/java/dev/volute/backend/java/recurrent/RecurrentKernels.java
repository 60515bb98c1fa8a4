package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Binding;
import dev.volute.backend.java.kernel.Bindings;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.RecurrentGradient;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;

/** The bindings of the recurrences. */
public final class RecurrentKernels {
  private RecurrentKernels() {}

  public static void register(Bindings bindings) {
    bindings.put(Recurrent.class, new ForwardBinding());
    bindings.put(RecurrentGradient.class, new BackwardBinding());
  }

  private static final class ForwardBinding implements Binding<Recurrent> {
    private static ForwardPlan plan(Recurrent op, Sizes sizes, boolean constant, Machine machine) {
      boolean reserve = op.reserve() && op.cell().reserve() > 0;
      return ForwardPlan.of(sizes, constant, reserve, machine);
    }

    @Override
    public Scratch scratch(Recurrent op, OpCall call, Machine machine) {
      return Scratch.floats(plan(op, Sizes.of(op.cell(), call), false, machine).length());
    }

    @Override
    public Kernel bind(Recurrent op, OpCall call, Operands operands, Machine machine) {
      Sizes sizes = Sizes.of(op.cell(), call);
      int weights = sizes.weights();
      boolean constant =
          operands.input(weights).constant() && operands.input(weights + 1).constant();
      return new Forward(plan(op, sizes, constant, machine), operands, machine);
    }
  }

  private static final class BackwardBinding implements Binding<RecurrentGradient> {
    private static BackwardPlan plan(RecurrentGradient op, OpCall call, Machine machine) {
      return BackwardPlan.of(Sizes.of(op.cell(), call), machine);
    }

    @Override
    public Scratch scratch(RecurrentGradient op, OpCall call, Machine machine) {
      return Scratch.floats(plan(op, call, machine).length());
    }

    @Override
    public Kernel bind(RecurrentGradient op, OpCall call, Operands operands, Machine machine) {
      return new Backward(plan(op, call, machine), operands, machine);
    }
  }
}
