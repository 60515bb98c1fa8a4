package dev.volute.backend.java.primitive;

import dev.volute.backend.java.kernel.Binding;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.graph.MatMul;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.View;

/** Matrix products of any element type over any views: each element a sum in double precision. */
public final class StridedMatMul implements Binding<MatMul> {
  public StridedMatMul() {}

  @Override
  public boolean claims(MatMul op, OpCall call) {
    return true;
  }

  @Override
  public Kernel bind(MatMul op, OpCall call, Operands operands, Machine machine) {
    Operand y = operands.output(0);
    Operand a = operands.input(0);
    Operand b = operands.input(1);
    int rank = y.view().shape().rank();
    // Element (i, j) of a product needs row i of a and column j of b, however often others do too.
    View rows = starts(y.view(), a.view(), rank - 2);
    View columns = starts(y.view(), b.view(), rank - 1);
    Operand c = op.beta() == 0 ? y : operands.input(2);
    int depth = a.view().shape().dim(-1);
    Walk walk = Walk.anyOrder(y.view(), rows, columns, c.view()).times(depth);
    Walk.Block block =
        products(
            op,
            walk,
            depth,
            Numbers.of(y),
            Numbers.of(a),
            Math.toIntExact(a.view().stride(-1)),
            Numbers.of(b),
            Math.toIntExact(b.view().stride(-2)),
            Numbers.of(c));
    return new WalkKernel(machine.workers(), walk, block);
  }

  /** Where the operand's row or column for each result starts: all but one of its matrix axes. */
  private static View starts(View y, View operand, int axis) {
    long[] strides = operand.strides();
    int other = 2 * strides.length - 3 - axis;
    strides[other] = 0;
    return View.of(y.shape(), operand.offset(), strides);
  }

  private static Walk.Block products(
      MatMul op,
      Walk walk,
      int depth,
      Numbers y,
      Numbers a,
      int stepA,
      Numbers b,
      int stepB,
      Numbers c) {
    Steps to = Steps.of(walk, 0);
    Steps ofA = Steps.of(walk, 1);
    Steps ofB = Steps.of(walk, 2);
    Steps ofC = Steps.of(walk, 3);
    return (rows, columns, yAt, aAt, bAt, cAt) -> {
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < columns; i++) {
          int first = aAt + row * ofA.row() + i * ofA.column();
          int second = bAt + row * ofB.row() + i * ofB.column();
          double sum = 0;
          for (int k = 0; k < depth; k++) {
            sum += a.get(first + k * stepA) * b.get(second + k * stepB);
          }
          double old =
              op.beta() == 0 ? 0 : op.beta() * c.get(cAt + row * ofC.row() + i * ofC.column());
          y.set(yAt + row * to.row() + i * to.column(), op.alpha() * sum + old);
        }
      }
    };
  }
}
