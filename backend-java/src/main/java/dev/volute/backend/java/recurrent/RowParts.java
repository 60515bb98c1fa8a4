package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Machine;

/**
 * A batch divided among threads, each of which goes through all steps with its rows: rows do not
 * meet one another in a recurrence.
 *
 * @param rows of each part but the last
 */
record RowParts(int batch, int rows) {
  /** Multiplications that are worth a part of their own: about 40 microseconds. */
  private static final long PART_WORK = 2_000_000;

  /** Rows that a product goes through at a time on most machines. */
  private static final int PANEL = 4;

  static RowParts of(Sizes sizes, Machine machine) {
    long work = (long) sizes.rows() * sizes.units() * sizes.width();
    long parts = Math.max(1, Math.min(machine.workers().threads(), work / PART_WORK));
    int rows = (int) ((sizes.batch() + parts - 1) / parts);
    return new RowParts(
        sizes.batch(), Math.max(1, rows < PANEL ? rows : (rows + PANEL - 1) / PANEL * PANEL));
  }

  int count() {
    return (batch + rows - 1) / rows;
  }

  int from(int part) {
    return part * rows;
  }

  int to(int part) {
    return Math.min(batch, (part + 1) * rows);
  }
}
