package dev.volute.backend.java.primitive;

import dev.volute.backend.java.kernel.JavaMemory;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.graph.Binary;
import dev.volute.graph.Fill;
import dev.volute.spi.IndexRangeException;
import dev.volute.spi.Kernel;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import dev.volute.tensor.View;

/** Kernels that move the rows of a table by their numbers. */
final class RowMoves {
  private RowMoves() {}

  static Kernel gather(Operands operands, Machine machine) {
    Operand table = operands.input(0);
    Operand indices = operands.input(1);
    Operand y = operands.output(0);
    Walk walk =
        Walk.anyOrder(
            y.view(),
            overRows(indices.view(), table.view()),
            withIndices(indices.view(), table.view()));
    int rows = table.view().shape().dim(0);
    int rowStep = Math.toIntExact(table.view().stride(0));
    int[] numbers = JavaMemory.of(indices).ints();
    Walk.Block block =
        walk.columnStride(0) == 1 && walk.columnStride(1) == 0 && walk.columnStride(2) == 1
            ? gatherRuns(
                walk, JavaMemory.of(y).array(), numbers, JavaMemory.of(table).array(), rowStep)
            : gatherAny(walk, Numbers.of(y), numbers, Numbers.of(table), rowStep);
    Runnable check = check(indices, rows);
    Kernel move = new WalkKernel(machine.workers(), walk, block);
    return () -> {
      check.run();
      move.run();
    };
  }

  private static Walk.Block gatherRuns(
      Walk walk, Object y, int[] indices, Object table, int rowStep) {
    Steps to = Steps.of(walk, 0);
    Steps ofIndex = Steps.of(walk, 1);
    Steps from = Steps.of(walk, 2);
    return (rows, columns, yAt, iAt, tAt, unused) -> {
      for (int row = 0; row < rows; row++) {
        int source = tAt + row * from.row() + indices[iAt + row * ofIndex.row()] * rowStep;
        System.arraycopy(table, source, y, yAt + row * to.row(), columns);
      }
    };
  }

  private static Walk.Block gatherAny(
      Walk walk, Numbers y, int[] indices, Numbers table, int rowStep) {
    Steps to = Steps.of(walk, 0);
    Steps ofIndex = Steps.of(walk, 1);
    Steps from = Steps.of(walk, 2);
    return (rows, columns, yAt, iAt, tAt, unused) -> {
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < columns; i++) {
          int index = indices[iAt + row * ofIndex.row() + i * ofIndex.column()];
          y.set(
              yAt + row * to.row() + i * to.column(),
              table.get(tAt + row * from.row() + i * from.column() + index * rowStep));
        }
      }
    };
  }

  /** Each part adds to rows of its own, in the order of the indices. */
  static Kernel scatterAdd(Operands operands, Machine machine) {
    Operand indices = operands.input(0);
    Operand updates = operands.input(1);
    Operand y = operands.output(0);
    Walk walk =
        Walk.rowMajor(
            updates.view(),
            overRows(indices.view(), y.view()),
            withIndices(indices.view(), y.view()));
    int rows = y.view().shape().dim(0);
    Kernel clear =
        Moves.fill(
            new Fill(0, new TensorType(y.memory().dtype(), y.view().shape())), operands, machine);
    // Every part looks at all indices, so that more of them than threads would be in vain. Their
    // number changes no bit.
    int parts = Math.max(1, Math.min(machine.workers().threads(), Math.min(rows, walk.parts())));
    Walk.Block[] blocks = new Walk.Block[parts];
    for (int part = 0; part < parts; part++) {
      blocks[part] =
          additions(
              walk,
              y,
              JavaMemory.of(indices).ints(),
              updates,
              new RowRange(
                  (int) ((long) rows * part / parts), (int) ((long) rows * (part + 1) / parts)),
              machine);
    }
    Runnable check = check(indices, rows);
    Workers.Part part = number -> walk.all(blocks[number]);
    return () -> {
      check.run();
      clear.run();
      machine.workers().run(parts, part);
    };
  }

  /** The rows of a table that one part adds to. */
  private record RowRange(int first, int end) {
    boolean contains(int row) {
      return row >= first && row < end;
    }
  }

  private static Walk.Block additions(
      Walk walk, Operand y, int[] indices, Operand updates, RowRange range, Machine machine) {
    int rowStep = Math.toIntExact(y.view().stride(0));
    if (y.memory().dtype() == DType.F32
        && walk.columnStride(0) == 1
        && walk.columnStride(1) == 0
        && walk.columnStride(2) == 1) {
      FloatMap add = machine.simd().elementwise().binary(Binary.Function.ADD);
      float[] sums = JavaMemory.of(y).floats();
      return addRuns(walk, add, sums, indices, JavaMemory.of(updates).floats(), rowStep, range);
    }
    return addAny(walk, Numbers.of(y), indices, Numbers.of(updates), rowStep, range);
  }

  private static Walk.Block addRuns(
      Walk walk,
      FloatMap add,
      float[] y,
      int[] indices,
      float[] updates,
      int rowStep,
      RowRange range) {
    Steps from = Steps.of(walk, 0);
    Steps ofIndex = Steps.of(walk, 1);
    Steps to = Steps.of(walk, 2);
    return (rows, columns, uAt, iAt, yAt, unused) -> {
      for (int row = 0; row < rows; row++) {
        int index = indices[iAt + row * ofIndex.row()];
        if (range.contains(index)) {
          int at = yAt + row * to.row() + index * rowStep;
          add.run(columns, y, at, y, at, updates, uAt + row * from.row());
        }
      }
    };
  }

  private static Walk.Block addAny(
      Walk walk, Numbers y, int[] indices, Numbers updates, int rowStep, RowRange range) {
    Steps from = Steps.of(walk, 0);
    Steps ofIndex = Steps.of(walk, 1);
    Steps to = Steps.of(walk, 2);
    return (rows, columns, uAt, iAt, yAt, unused) -> {
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < columns; i++) {
          int index = indices[iAt + row * ofIndex.row() + i * ofIndex.column()];
          if (range.contains(index)) {
            y.add(
                yAt + row * to.row() + i * to.column() + index * rowStep,
                updates.get(uAt + row * from.row() + i * from.column()));
          }
        }
      }
    };
  }

  /** Looks at every index before any row moves, in row-major order. */
  private static Runnable check(Operand indices, int rows) {
    int[] numbers = JavaMemory.of(indices).ints();
    Walk walk = Walk.rowMajor(indices.view());
    Steps steps = Steps.of(walk, 0);
    int length = walk.columns();
    int[] position = new int[1];
    Walk.Block block =
        (count, columns, at, unused1, unused2, unused3) -> {
          for (int row = 0; row < count; row++, position[0] += length) {
            for (int i = 0; i < columns; i++) {
              int index = numbers[at + row * steps.row() + i * steps.column()];
              if (index < 0 || index >= rows) {
                throw new IndexRangeException(position[0] + i, index, rows);
              }
            }
          }
        };
    return () -> {
      position[0] = 0;
      walk.all(block);
    };
  }

  /** The indices, each repeated over the elements of a table's row. */
  private static View overRows(View indices, View table) {
    long[] strides = new long[moved(indices, table).rank()];
    System.arraycopy(indices.strides(), 0, strides, 0, indices.shape().rank());
    return View.of(moved(indices, table), indices.offset(), strides);
  }

  /** Row 0 of a table, repeated for each index. */
  private static View withIndices(View indices, View table) {
    long[] strides = new long[moved(indices, table).rank()];
    int rank = table.shape().rank() - 1;
    System.arraycopy(table.strides(), 1, strides, indices.shape().rank(), rank);
    return View.of(moved(indices, table), table.offset(), strides);
  }

  private static Shape moved(View indices, View table) {
    Shape result = indices.shape();
    for (int axis = 1; axis < table.shape().rank(); axis++) {
      result = result.append(table.shape().dim(axis));
    }
    return result;
  }
}
