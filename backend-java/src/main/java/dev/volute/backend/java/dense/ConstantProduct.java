package dev.volute.backend.java.dense;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.spi.Kernel;

/**
 * A matrix product whose second factor is constant and packed already. Blocks of rows and columns
 * run at once; each element is one sum in the order of k, so the division changes no bit.
 */
final class ConstantProduct implements Kernel, Workers.Part {
  /** Rows that are computed at a time: what is packed of them stays in the cache. */
  private static final int ROWS = 128;

  private final ProductForm form;
  private final Factor factor;
  private final Floats weight;
  private final Floats x;
  private final Floats y;
  private final Workers workers;
  private final Grid grid;

  /**
   * @param form of a product that is not transposed, multiplied or added to anything
   * @param weight columns of the second factor, packed for {@code factor}
   * @param x the rows, without gaps
   * @param y the result, without gaps
   */
  ConstantProduct(
      ProductForm form, Factor factor, PackedWeight weight, Floats x, Floats y, Machine machine) {
    this.form = form;
    this.factor = factor;
    this.weight = weight.values();
    this.x = x;
    this.y = y;
    workers = machine.workers();
    int height = machine.simd().products().panelRows();
    grid = Gemm.grid(form, height, factor.columnUnit(), workers.threads());
  }

  @Override
  public void run() {
    workers.run(grid.parts(), this);
  }

  /** Computes one block; for {@link Workers} only. */
  @Override
  public void run(int part) {
    int from = grid.row(part);
    int to = Math.min(form.m(), from + grid.rows());
    int column = grid.column(part);
    int columns = Math.min(grid.columns(), form.n() - column);
    for (int row = from; row < to; row += ROWS) {
      int rows = Math.min(ROWS, to - row);
      int at = y.offset() + row * form.n();
      form.start(rows, column, columns, y.array(), at, form.n());
      factor.multiply(
          1,
          rows,
          x.array(),
          x.offset() + row * form.k(),
          0,
          form.k(),
          weight,
          column,
          column + columns,
          y.array(),
          at,
          form.n());
      form.finish(rows, column, columns, y.array(), at, form.n());
    }
  }
}
