package dev.volute.backend.java.primitive;

import dev.volute.backend.java.kernel.Binding;
import dev.volute.backend.java.kernel.Bindings;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.graph.Accumulate;
import dev.volute.graph.Binary;
import dev.volute.graph.Copy;
import dev.volute.graph.Fill;
import dev.volute.graph.Gather;
import dev.volute.graph.MatMul;
import dev.volute.graph.Op;
import dev.volute.graph.RandomUniform;
import dev.volute.graph.Reduce;
import dev.volute.graph.ScatterAdd;
import dev.volute.graph.Select;
import dev.volute.graph.Unary;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;

/** The bindings of the primitives, which run with every element type and any strided views. */
public final class Primitives {
  private Primitives() {}

  public static void register(Bindings bindings) {
    bindings.put(Fill.class, any(Moves::fill));
    bindings.put(Copy.class, any(Moves::copy));
    bindings.put(Select.class, any((op, operands, machine) -> Maps.select(operands, machine)));
    bindings.put(Unary.class, any(Maps::unary));
    bindings.put(Binary.class, any(Maps::binary));
    bindings.put(
        Accumulate.class, any((op, operands, machine) -> Maps.accumulate(operands, machine)));
    bindings.put(Reduce.class, any(Reductions::reduce));
    bindings.put(MatMul.class, new StridedMatMul());
    bindings.put(Gather.class, any((op, operands, machine) -> RowMoves.gather(operands, machine)));
    bindings.put(
        ScatterAdd.class, any((op, operands, machine) -> RowMoves.scatterAdd(operands, machine)));
    bindings.put(RandomUniform.class, any(Uniforms::randomUniform));
  }

  private interface Binder<T extends Op> {
    Kernel bind(T op, Operands operands, Machine machine);
  }

  private static <T extends Op> Binding<T> any(Binder<T> binder) {
    return new Binding<>() {
      @Override
      public boolean claims(T op, OpCall call) {
        return true;
      }

      @Override
      public Kernel bind(T op, OpCall call, Operands operands, Machine machine) {
        return binder.bind(op, operands, machine);
      }
    };
  }
}
