package dev.volute.backend.java.primitive;

import dev.volute.backend.java.kernel.JavaMemory;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.graph.Binary;
import dev.volute.graph.Unary;
import dev.volute.spi.Kernel;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.DType;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntBinaryOperator;

/** Kernels that compute each element from those at the same place. */
final class Maps {
  private Maps() {}

  static Kernel unary(Unary op, Operands operands, Machine machine) {
    return switch (operands.output(0).memory().dtype()) {
      case F32 ->
          floats(
              machine.simd().elementwise().unary(op.function()),
              operands.output(0),
              operands.input(0),
              operands.input(0),
              machine);
      case F64, I32 -> {
        DoubleUnaryOperator function = DoubleFunctions.unary(op.function());
        yield doubles((a, b) -> function.applyAsDouble(a), operands, machine);
      }
    };
  }

  static Kernel binary(Binary op, Operands operands, Machine machine) {
    return switch (operands.output(0).memory().dtype()) {
      case F32 ->
          floats(
              machine.simd().elementwise().binary(op.function()),
              operands.output(0),
              operands.input(0),
              operands.input(1),
              machine);
      case F64 -> doubles(DoubleFunctions.binary(op.function()), operands, machine);
      case I32 -> ints(IntFunctions.binary(op.function()), operands, machine);
    };
  }

  private static Kernel floats(FloatMap map, Operand y, Operand a, Operand b, Machine machine) {
    Walk walk = Walk.anyOrder(y.view(), a.view(), b.view());
    return new WalkKernel(
        machine.workers(),
        walk,
        new FloatMapBlock(
            map,
            machine.workers().workspace(),
            walk,
            JavaMemory.of(y).floats(),
            JavaMemory.of(a).floats(),
            JavaMemory.of(b).floats()));
  }

  private static Kernel doubles(DoubleBinaryOperator function, Operands operands, Machine machine) {
    Operand last = operands.input(operands.inputs().size() - 1);
    double[] y = JavaMemory.of(operands.output(0)).doubles();
    double[] a = JavaMemory.of(operands.input(0)).doubles();
    double[] b = JavaMemory.of(last).doubles();
    Walk walk = Walk.anyOrder(operands.output(0).view(), operands.input(0).view(), last.view());
    Steps toY = Steps.of(walk, 0);
    Steps ofA = Steps.of(walk, 1);
    Steps ofB = Steps.of(walk, 2);
    return new WalkKernel(
        machine.workers(),
        walk,
        (rows, columns, yAt, aAt, bAt, unused) -> {
          for (int row = 0; row < rows; row++) {
            for (int i = 0; i < columns; i++) {
              y[yAt + row * toY.row() + i * toY.column()] =
                  function.applyAsDouble(
                      a[aAt + row * ofA.row() + i * ofA.column()],
                      b[bAt + row * ofB.row() + i * ofB.column()]);
            }
          }
        });
  }

  private static Kernel ints(IntBinaryOperator function, Operands operands, Machine machine) {
    int[] y = JavaMemory.of(operands.output(0)).ints();
    int[] a = JavaMemory.of(operands.input(0)).ints();
    int[] b = JavaMemory.of(operands.input(1)).ints();
    Walk walk =
        Walk.anyOrder(
            operands.output(0).view(), operands.input(0).view(), operands.input(1).view());
    Steps toY = Steps.of(walk, 0);
    Steps ofA = Steps.of(walk, 1);
    Steps ofB = Steps.of(walk, 2);
    return new WalkKernel(
        machine.workers(),
        walk,
        (rows, columns, yAt, aAt, bAt, unused) -> {
          for (int row = 0; row < rows; row++) {
            for (int i = 0; i < columns; i++) {
              y[yAt + row * toY.row() + i * toY.column()] =
                  function.applyAsInt(
                      a[aAt + row * ofA.row() + i * ofA.column()],
                      b[bAt + row * ofB.row() + i * ofB.column()]);
            }
          }
        });
  }

  /** The output's view may overlap itself, so elements are added in row-major order. */
  static Kernel accumulate(Operands operands, Machine machine) {
    Operand y = operands.output(0);
    Operand x = operands.input(0);
    boolean apart = Overlaps.none(y.view());
    Walk walk =
        apart
            ? Walk.anyOrder(y.view(), y.view(), x.view())
            : Walk.rowMajor(y.view(), y.view(), x.view());
    Steps to = Steps.of(walk, 0);
    Steps from = Steps.of(walk, 2);
    Walk.Block block;
    if (y.memory().dtype() == DType.F32 && to.column() != 0) {
      float[] sums = JavaMemory.of(y).floats();
      block =
          new FloatMapBlock(
              machine.simd().elementwise().binary(Binary.Function.ADD),
              machine.workers().workspace(),
              walk,
              sums,
              sums,
              JavaMemory.of(x).floats());
    } else {
      block = additions(Numbers.of(y), to, Numbers.of(x), from);
    }
    return apart ? new WalkKernel(machine.workers(), walk, block) : () -> walk.all(block);
  }

  private static Walk.Block additions(Numbers y, Steps to, Numbers x, Steps from) {
    return (rows, columns, yAt, unused, xAt, unused3) -> {
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < columns; i++) {
          y.add(
              yAt + row * to.row() + i * to.column(),
              x.get(xAt + row * from.row() + i * from.column()));
        }
      }
    };
  }
}
