package dev.volute.backend.java.primitive;

import dev.volute.backend.java.kernel.JavaMemory;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workspace;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.graph.Binary;
import dev.volute.graph.Unary;
import dev.volute.spi.Kernel;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.DType;
import dev.volute.tensor.View;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntBinaryOperator;
import java.util.stream.Stream;

/** Kernels that compute each element from those at the same place. */
final class Maps {
  /** From this length on, a run is worth a call. */
  private static final int LONG_RUN = 16;

  private Maps() {}

  static Kernel unary(Unary op, Operands operands, Machine machine) {
    return switch (operands.output(0).memory().dtype()) {
      case F32 -> {
        FloatMap map = machine.simd().elementwise().unary(op.function());
        yield floats(
            (n, y, yAt, a, aAt, b, bAt, c, cAt) -> map.run(n, y, yAt, a, aAt, a, aAt),
            operands,
            machine);
      }
      case F64, I32 -> {
        DoubleUnaryOperator function = DoubleFunctions.unary(op.function());
        yield doubles((a, b) -> function.applyAsDouble(a), operands, machine);
      }
    };
  }

  static Kernel binary(Binary op, Operands operands, Machine machine) {
    return switch (operands.output(0).memory().dtype()) {
      case F32 ->
          floats(two(machine.simd().elementwise().binary(op.function())), operands, machine);
      case F64 -> doubles(DoubleFunctions.binary(op.function()), operands, machine);
      case I32 -> ints(IntFunctions.binary(op.function()), operands, machine);
    };
  }

  static Kernel select(Operands operands, Machine machine) {
    boolean floats =
        Stream.concat(operands.inputs().stream(), operands.outputs().stream())
            .allMatch(each -> each.memory().dtype() == DType.F32);
    return floats
        ? floats(machine.simd().rows()::choose, operands, machine)
        : Moves.select(operands, machine);
  }

  private static FloatMapBlock.Run two(FloatMap map) {
    return (n, y, yAt, a, aAt, b, bAt, c, cAt) -> map.run(n, y, yAt, a, aAt, b, bAt);
  }

  private static Kernel floats(FloatMapBlock.Run map, Operands operands, Machine machine) {
    List<Operand> all = new ArrayList<>(operands.outputs());
    all.addAll(operands.inputs());
    Walk walk = Walk.anyOrder(all.stream().map(Operand::view).toArray(View[]::new));
    float[][] arrays =
        all.stream().map(each -> JavaMemory.of(each).floats()).toArray(float[][]::new);
    Workspace workspace = machine.workers().workspace();
    return new WalkKernel(machine.workers(), walk, new FloatMapBlock(map, workspace, walk, arrays));
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
    if (y.memory().dtype() != DType.F32) {
      Walk walk = Walk.rowMajor(y.view(), x.view());
      Walk.Block block =
          additions(Numbers.of(y), Steps.of(walk, 0), Numbers.of(x), Steps.of(walk, 1));
      return () -> walk.all(block);
    }
    FloatMap add = machine.simd().elementwise().binary(Binary.Function.ADD);
    float[] sums = JavaMemory.of(y).floats();
    float[] addends = JavaMemory.of(x).floats();
    if (Overlaps.none(y.view())) {
      Walk walk = Walk.anyOrder(y.view(), y.view(), x.view());
      Workspace workspace = machine.workers().workspace();
      return new WalkKernel(
          machine.workers(),
          walk,
          new FloatMapBlock(two(add), workspace, walk, sums, sums, addends));
    }
    Walk walk = Walk.rowMajor(y.view(), x.view());
    Walk.Block block =
        walk.columnStride(0) == 1 && walk.columnStride(1) == 1 && walk.columns() >= LONG_RUN
            ? runAdditions(add, sums, Steps.of(walk, 0), addends, Steps.of(walk, 1))
            : floatAdditions(sums, Steps.of(walk, 0), addends, Steps.of(walk, 1));
    return () -> walk.all(block);
  }

  private static Walk.Block runAdditions(FloatMap add, float[] y, Steps to, float[] x, Steps from) {
    return (rows, columns, yAt, xAt, unused2, unused3) -> {
      for (int row = 0; row < rows; row++) {
        int at = yAt + row * to.row();
        add.run(columns, y, at, y, at, x, xAt + row * from.row());
      }
    };
  }

  private static Walk.Block floatAdditions(float[] y, Steps to, float[] x, Steps from) {
    return (rows, columns, yAt, xAt, unused2, unused3) -> {
      for (int row = 0; row < rows; row++) {
        int at = yAt + row * to.row();
        int first = xAt + row * from.row();
        for (int i = 0; i < columns; i++) {
          y[at + i * to.column()] += x[first + i * from.column()];
        }
      }
    };
  }

  private static Walk.Block additions(Numbers y, Steps to, Numbers x, Steps from) {
    return (rows, columns, yAt, xAt, unused2, unused3) -> {
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
