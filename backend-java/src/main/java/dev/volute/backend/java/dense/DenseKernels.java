package dev.volute.backend.java.dense;

import dev.volute.backend.java.kernel.Activations;
import dev.volute.backend.java.kernel.Binding;
import dev.volute.backend.java.kernel.Bindings;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.primitive.StridedMatMul;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.graph.MatMul;
import dev.volute.graph.composite.Linear;
import java.util.Optional;

/** The bindings of the ops that are one matrix product. */
public final class DenseKernels {
  private DenseKernels() {}

  public static void register(Bindings bindings) {
    Binding<Linear> linear =
        (op, call, operands, machine) -> {
          int rows = call.input(0).shape().dim(0);
          int in = call.input(1).shape().dim(0);
          int out = call.input(1).shape().dim(1);
          Optional<Floats> bias =
              op.bias() ? Optional.of(Floats.of(operands.input(2))) : Optional.empty();
          Optional<FloatMap> activation = Activations.map(op.activation(), machine.simd());
          Floats x = Floats.of(operands.input(0));
          Floats y = Floats.of(operands.output(0));
          if (operands.input(1).constant() && rows >= ConstantLinear.LEAST_ROWS) {
            Factor factor = new Factor(rows, in, out, out, 1, true, machine);
            return new ConstantLinear(
                rows,
                factor,
                PackedWeight.constant(operands, 1, 0, factor, machine.packedMemory()).values(),
                bias,
                activation,
                x,
                y,
                machine);
          }
          Gemm gemm = new Gemm(ProductForm.of(rows, out, in).finished(bias, activation), machine);
          Floats w = Floats.of(operands.input(1));
          return () ->
              gemm.run(
                  x.array(),
                  x.offset(),
                  in,
                  w.array(),
                  w.offset(),
                  out,
                  y.array(),
                  y.offset(),
                  out);
        };
    bindings.put(Linear.class, linear);
    bindings.put(MatMul.class, new MatMulBinding(new StridedMatMul()));
  }
}
