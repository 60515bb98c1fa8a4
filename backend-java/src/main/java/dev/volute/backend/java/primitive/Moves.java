package dev.volute.backend.java.primitive;

import dev.volute.backend.java.kernel.JavaMemory;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.graph.Copy;
import dev.volute.graph.Fill;
import dev.volute.spi.Kernel;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.DType;
import java.util.Arrays;

/** Kernels that move elements and compute nothing. */
final class Moves {
  /** The edge of the tiles in which transposed elements are copied: a few cache lines each way. */
  private static final int TILE = 16;

  private Moves() {}

  static Kernel fill(Fill op, Operands operands, Machine machine) {
    Operand y = operands.output(0);
    Walk walk = Walk.anyOrder(y.view());
    Steps steps = Steps.of(walk, 0);
    Walk.Block block =
        y.memory().dtype() == DType.F32 && steps.column() == 1
            ? fillRuns(JavaMemory.of(y).floats(), steps, (float) op.value())
            : fillAny(Numbers.of(y), steps, op.value());
    return new WalkKernel(machine.workers(), walk, block);
  }

  private static Walk.Block fillRuns(float[] y, Steps steps, float value) {
    return (rows, columns, yAt, unused1, unused2, unused3) -> {
      for (int row = 0; row < rows; row++) {
        int at = yAt + row * steps.row();
        Arrays.fill(y, at, at + columns, value);
      }
    };
  }

  private static Walk.Block fillAny(Numbers y, Steps steps, double value) {
    return (rows, columns, yAt, unused1, unused2, unused3) -> {
      for (int row = 0; row < rows; row++) {
        int at = yAt + row * steps.row();
        for (int column = 0; column < columns; column++) {
          y.set(at + column * steps.column(), value);
        }
      }
    };
  }

  static Kernel copy(Copy op, Operands operands, Machine machine) {
    Operand y = operands.output(0);
    Operand x = operands.input(0);
    Walk walk = Walk.anyOrder(y.view(), x.view());
    return new WalkKernel(machine.workers(), walk, copies(y, x, walk));
  }

  private static Walk.Block copies(Operand y, Operand x, Walk walk) {
    Steps to = Steps.of(walk, 0);
    Steps from = Steps.of(walk, 1);
    if (y.memory().dtype() != x.memory().dtype()) {
      return copyAny(Numbers.of(y), to, Numbers.of(x), from);
    }
    if (to.column() == 1 && from.column() == 1) {
      return copyRuns(JavaMemory.of(y).array(), to, JavaMemory.of(x).array(), from);
    }
    return y.memory().dtype() == DType.F32
        ? copyTiles(JavaMemory.of(y).floats(), to, JavaMemory.of(x).floats(), from)
        : copyAny(Numbers.of(y), to, Numbers.of(x), from);
  }

  private static Walk.Block copyRuns(Object y, Steps to, Object x, Steps from) {
    return (rows, columns, yAt, xAt, unused2, unused3) -> {
      for (int row = 0; row < rows; row++) {
        System.arraycopy(x, xAt + row * from.row(), y, yAt + row * to.row(), columns);
      }
    };
  }

  private static Walk.Block copyTiles(float[] y, Steps to, float[] x, Steps from) {
    return (rows, columns, yAt, xAt, unused2, unused3) -> {
      for (int top = 0; top < rows; top += TILE) {
        int bottom = Math.min(rows, top + TILE);
        for (int left = 0; left < columns; left += TILE) {
          int width = Math.min(columns - left, TILE);
          for (int row = top; row < bottom; row++) {
            int target = yAt + row * to.row() + left * to.column();
            int source = xAt + row * from.row() + left * from.column();
            for (int i = 0; i < width; i++) {
              y[target + i * to.column()] = x[source + i * from.column()];
            }
          }
        }
      }
    };
  }

  private static Walk.Block copyAny(Numbers y, Steps to, Numbers x, Steps from) {
    return (rows, columns, yAt, xAt, unused2, unused3) -> {
      for (int row = 0; row < rows; row++) {
        int target = yAt + row * to.row();
        int source = xAt + row * from.row();
        for (int i = 0; i < columns; i++) {
          y.set(target + i * to.column(), x.get(source + i * from.column()));
        }
      }
    };
  }

  /** Of any element types. */
  static Kernel select(Operands operands, Machine machine) {
    Operand y = operands.output(0);
    Operand condition = operands.input(0);
    Operand a = operands.input(1);
    Operand b = operands.input(2);
    Walk walk = Walk.anyOrder(y.view(), condition.view(), a.view(), b.view());
    Steps[] steps = {Steps.of(walk, 0), Steps.of(walk, 1), Steps.of(walk, 2), Steps.of(walk, 3)};
    Walk.Block block =
        selectAny(steps, Numbers.of(y), Numbers.of(condition), Numbers.of(a), Numbers.of(b));
    return new WalkKernel(machine.workers(), walk, block);
  }

  private static Walk.Block selectAny(
      Steps[] steps, Numbers y, Numbers condition, Numbers a, Numbers b) {
    return (rows, columns, yAt, cAt, aAt, bAt) -> {
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < columns; i++) {
          boolean first = condition.get(place(steps[1], cAt, row, i)) != 0;
          double value =
              first ? a.get(place(steps[2], aAt, row, i)) : b.get(place(steps[3], bAt, row, i));
          y.set(place(steps[0], yAt, row, i), value);
        }
      }
    };
  }

  private static int place(Steps steps, int at, int row, int column) {
    return at + row * steps.row() + column * steps.column();
  }
}
