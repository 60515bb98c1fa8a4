package dev.volute.backend.java.primitive;

import dev.volute.backend.java.kernel.Binding;
import dev.volute.backend.java.kernel.Bindings;
import dev.volute.backend.java.kernel.JavaMemory;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.graph.Binary;
import dev.volute.graph.Unary;
import dev.volute.spi.Kernel;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;

/** The bindings of the primitives. */
public final class Primitives {
  private Primitives() {}

  public static void register(Bindings bindings) {
    Binding<Unary> unary =
        (op, call, operands, machine) ->
            map(machine.simd().elementwise().unary(op.function()), operands, machine);
    Binding<Binary> binary =
        (op, call, operands, machine) ->
            map(machine.simd().elementwise().binary(op.function()), operands, machine);
    bindings.put(Unary.class, unary);
    bindings.put(Binary.class, binary);
  }

  private static Kernel map(FloatMap map, Operands operands, Machine machine) {
    Operand y = operands.output(0);
    Operand a = operands.input(0);
    Operand b = operands.input(operands.inputs().size() - 1);
    Walk walk = Walk.anyOrder(y.view(), a.view(), b.view());
    FloatMapBlock block =
        new FloatMapBlock(
            map, machine.workers().workspace(), walk, floats(y), floats(a), floats(b));
    return new WalkKernel(machine.workers(), walk, block);
  }

  private static float[] floats(Operand operand) {
    return JavaMemory.of(operand).floats();
  }
}
