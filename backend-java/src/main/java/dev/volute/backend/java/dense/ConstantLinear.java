package dev.volute.backend.java.dense;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.spi.Kernel;
import java.util.Arrays;
import java.util.Optional;

/**
 * Products of many rows with a constant weight, packed once for all kernels of its model. Columns
 * are shared out among threads; each element is one sum in the order of k.
 */
final class ConstantLinear implements Kernel, Workers.Part {
  /** Rows from which on the weight is not read where it lies. */
  static final int LEAST_ROWS = 17;

  /** Rows that are multiplied at a time: they stay in a near cache. */
  private static final int ROWS = 128;

  /** Multiplications that are worth a part of their own: about 40 microseconds. */
  private static final long PART_WORK = 2_000_000;

  private final int rows;
  private final Factor factor;
  private final Floats packed;
  private final Optional<Floats> bias;
  private final Optional<FloatMap> activation;
  private final Floats x;
  private final Floats y;
  private final Workers workers;
  private final int columns;

  /**
   * @param packed the weight, as the factor reads it
   */
  ConstantLinear(
      int rows,
      Factor factor,
      Floats packed,
      Optional<Floats> bias,
      Optional<FloatMap> activation,
      Floats x,
      Floats y,
      Machine machine) {
    this.rows = rows;
    this.factor = factor;
    this.packed = packed;
    this.bias = bias;
    this.activation = activation;
    this.x = x;
    this.y = y;
    workers = machine.workers();
    long work = (long) rows * factor.rows() * factor.columns();
    int parts = (int) Math.max(1, Math.min(workers.threads(), work / PART_WORK));
    int panels = (factor.columns() + factor.columnUnit() - 1) / factor.columnUnit();
    columns = Math.max(1, (panels + parts - 1) / parts) * factor.columnUnit();
  }

  @Override
  public void run() {
    workers.run((factor.columns() + columns - 1) / columns, this);
  }

  /** Computes some columns; for {@link Workers} only. */
  @Override
  public void run(int part) {
    int from = part * columns;
    int to = Math.min(factor.columns(), from + columns);
    for (int row = 0; row < rows; row += ROWS) {
      block(row, Math.min(ROWS, rows - row), from, to);
    }
  }

  private void block(int row, int count, int from, int to) {
    int in = factor.rows();
    int out = factor.columns();
    float[] c = y.array();
    int first = y.offset() + row * out;
    for (int i = 0; i < count; i++) {
      int at = first + i * out + from;
      if (bias.isPresent()) {
        Floats values = bias.get();
        System.arraycopy(values.array(), values.offset() + from, c, at, to - from);
      } else {
        Arrays.fill(c, at, at + to - from, 0f);
      }
    }
    factor.multiply(
        1, count, x.array(), x.offset() + row * in, 0, in, packed, from, to, c, first, out);
    if (activation.isPresent()) {
      for (int i = 0; i < count; i++) {
        int at = first + i * out + from;
        activation.get().run(to - from, c, at, c, at, c, at);
      }
    }
  }
}
