package dev.volute.backend.java.dense;

import dev.volute.backend.java.kernel.Binding;
import dev.volute.backend.java.kernel.JavaMemory;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.graph.MatMul;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.DType;
import java.util.Optional;

/**
 * Runs matrix products of floats whose matrices have neighbours in rows or in columns; leaves all
 * others to another binding.
 */
final class MatMulBinding implements Binding<MatMul> {
  private final Binding<MatMul> others;

  MatMulBinding(Binding<MatMul> others) {
    this.others = others;
  }

  @Override
  public boolean claims(MatMul op, OpCall call) {
    return others.claims(op, call);
  }

  @Override
  public Kernel bind(MatMul op, OpCall call, Operands operands, Machine machine) {
    if (call.output(0).dtype() != DType.F32) {
      return others.bind(op, call, operands, machine);
    }
    Optional<Matrices> a = Matrices.of(operands.input(0).view());
    Optional<Matrices> b = Matrices.of(operands.input(1).view());
    Optional<Matrices> y = Matrices.of(operands.output(0).view());
    if (a.isEmpty() || b.isEmpty() || y.isEmpty()) {
      return others.bind(op, call, operands, machine);
    }
    Operand first = operands.input(0);
    Operand second = operands.input(1);
    Operand result = operands.output(0);
    Optional<Addend> addend =
        op.beta() == 0
            ? Optional.empty()
            : Optional.of(new Addend((float) op.beta(), operands.input(2), result));
    // (a b) transposed is b transposed times a transposed.
    return y.get().transposed()
        ? kernel(
            op,
            floats(second),
            b.get().flipped(),
            floats(first),
            a.get().flipped(),
            floats(result),
            y.get().flipped(),
            addend,
            machine)
        : kernel(
            op,
            floats(first),
            a.get(),
            floats(second),
            b.get(),
            floats(result),
            y.get(),
            addend,
            machine);
  }

  private static float[] floats(Operand operand) {
    return JavaMemory.of(operand).floats();
  }

  private static Kernel kernel(
      MatMul op,
      float[] a,
      Matrices ofA,
      float[] b,
      Matrices ofB,
      float[] y,
      Matrices ofY,
      Optional<Addend> addend,
      Machine machine) {
    ProductForm form =
        ProductForm.of(ofY.rows(), ofY.columns(), ofA.columns())
            .transposed(ofA.transposed(), ofB.transposed())
            .times((float) op.alpha());
    Gemm gemm = new Gemm(addend.isPresent() ? form.added() : form, machine);
    return () -> {
      addend.ifPresent(Addend::copy);
      for (int i = 0; i < ofY.count(); i++) {
        gemm.run(
            a,
            ofA.offset(i),
            ofA.step(),
            b,
            ofB.offset(i),
            ofB.step(),
            y,
            ofY.offset(i),
            ofY.step());
      }
    };
  }
}
