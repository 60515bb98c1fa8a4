package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.TransposedFactor;
import dev.volute.backend.java.parallel.Workers;

/** Rows that a weight met in a chunk of steps, as a factor of the gradient to it. */
final class MetRows implements Workers.Part {
  /** Columns of a part: the lines that it writes stay in the first cache. */
  private static final int COLUMNS = 64;

  private final int batch;
  private final int width;
  private final StepRows rows;
  private final TransposedFactor factor;
  private final Workers workers;

  private int from;
  private int to;

  MetRows(int batch, int width, StepRows rows, TransposedFactor factor, Workers workers) {
    this.batch = batch;
    this.width = width;
    this.rows = rows;
    this.factor = factor;
    this.workers = workers;
  }

  /** Packs those of steps {@code from} (inclusive) to {@code to} (exclusive). */
  void pack(int from, int to) {
    this.from = from;
    this.to = to;
    workers.run((width + COLUMNS - 1) / COLUMNS, this);
  }

  /** Packs some columns; for {@link Workers} only. */
  @Override
  public void run(int part) {
    int first = part * COLUMNS;
    int end = Math.min(width, first + COLUMNS);
    for (int t = from; t < to; t++) {
      int l = (t - from) * batch;
      factor.pack(l, batch, first, end, rows.array(t), rows.at(0, t), rows.rowStep(t));
    }
  }
}
