package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Binding;
import dev.volute.backend.java.kernel.Bindings;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.graph.Op;
import dev.volute.graph.composite.EmbeddedRecurrent;
import dev.volute.graph.composite.EmbeddedRecurrentGradient;
import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.RecurrentGradient;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
import dev.volute.tensor.Shape;

/** The bindings of the recurrences. */
public final class RecurrentKernels {
  private RecurrentKernels() {}

  public static void register(Bindings bindings) {
    bindings.put(Recurrent.class, new ForwardBinding<>());
    bindings.put(EmbeddedRecurrent.class, new ForwardBinding<>());
    bindings.put(RecurrentGradient.class, new BackwardBinding<>());
    bindings.put(EmbeddedRecurrentGradient.class, new BackwardBinding<>());
  }

  private static Sizes sizes(Op op, OpCall call) {
    if (op instanceof EmbeddedRecurrent embedded) {
      return Sizes.overTable(embedded.cell(), call);
    }
    if (op instanceof EmbeddedRecurrentGradient embedded) {
      return Sizes.overTable(embedded.cell(), call);
    }
    return op instanceof Recurrent recurrent
        ? Sizes.of(recurrent.cell(), call)
        : Sizes.of(((RecurrentGradient) op).cell(), call);
  }

  /** Unless a table has so many rows that their products are hardly fewer than those of steps. */
  private static boolean pays(Op op, OpCall call) {
    if (op instanceof Recurrent || op instanceof RecurrentGradient) {
      return true;
    }
    Shape table = call.input(0).shape();
    return table.dim(0) > 0 && 2L * table.dim(0) <= call.input(1).shape().elements();
  }

  private static final class ForwardBinding<T extends Op> implements Binding<T> {
    private static ForwardPlan plan(Op op, Sizes sizes, boolean constant, Machine machine) {
      boolean reserve =
          op instanceof Recurrent recurrent
              ? recurrent.reserve()
              : ((EmbeddedRecurrent) op).reserve();
      return ForwardPlan.of(sizes, constant, reserve && sizes.cell().reserve() > 0, machine);
    }

    @Override
    public boolean claims(T op, OpCall call) {
      return Binding.super.claims(op, call) && pays(op, call);
    }

    @Override
    public Scratch scratch(T op, OpCall call, Machine machine) {
      return Scratch.floats(plan(op, sizes(op, call), false, machine).length());
    }

    @Override
    public Kernel bind(T op, OpCall call, Operands operands, Machine machine) {
      Sizes sizes = sizes(op, call);
      int weights = sizes.weights();
      boolean constant =
          operands.input(weights).constant() && operands.input(weights + 1).constant();
      return new Forward(plan(op, sizes, constant, machine), operands, machine);
    }
  }

  private static final class BackwardBinding<T extends Op> implements Binding<T> {
    @Override
    public boolean claims(T op, OpCall call) {
      return Binding.super.claims(op, call) && pays(op, call);
    }

    @Override
    public Scratch scratch(T op, OpCall call, Machine machine) {
      return Scratch.floats(BackwardPlan.of(sizes(op, call), machine).length());
    }

    @Override
    public Kernel bind(T op, OpCall call, Operands operands, Machine machine) {
      return new Backward(BackwardPlan.of(sizes(op, call), machine), operands, machine);
    }
  }
}
