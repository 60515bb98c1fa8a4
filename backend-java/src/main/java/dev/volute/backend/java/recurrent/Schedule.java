package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.recurrent.Stage.Block;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the stages of all steps, one step after the other. A batch with rows enough is divided by
 * rows, with which each thread goes through all steps by itself; otherwise each stage is divided by
 * its columns. What is computed for an element is the same either way.
 */
final class Schedule implements Workers.Part {
  /** Rows that make a product efficient. */
  private static final int ROWS = 8;

  /** Multiplications that are worth a part of their own. */
  private static final long PART_WORK = 100_000;

  private final Stage[] stages;
  private final Block[][] blocks;
  private final boolean byRows;
  private final boolean reverse;
  private final int time;
  private final Workers workers;

  private int t;
  private int stage;

  /**
   * @param reverse whether the last step comes first
   */
  Schedule(Sizes sizes, List<Stage> stages, boolean reverse, Machine machine) {
    this.stages = stages.toArray(Stage[]::new);
    this.reverse = reverse;
    time = sizes.time();
    workers = machine.workers();
    int threads = workers.threads();
    int batch = sizes.batch();
    byRows = threads == 1 || batch >= ROWS * threads;
    blocks = new Block[this.stages.length][];
    for (int i = 0; i < blocks.length; i++) {
      Stage each = this.stages[i];
      long parts = Math.max(1, Math.min(threads, batch * each.work() / PART_WORK));
      blocks[i] = byRows ? rows(each, batch, threads) : columns(each, batch, (int) parts);
    }
  }

  private static Block[] rows(Stage stage, int batch, int parts) {
    int rows = length(batch, parts, parts == 1 ? 1 : ROWS);
    List<Block> blocks = new ArrayList<>();
    for (int row = 0; row < batch; row += rows) {
      blocks.add(new Block(row, Math.min(batch, row + rows), 0, stage.columns()));
    }
    return blocks.toArray(Block[]::new);
  }

  private static Block[] columns(Stage stage, int batch, int parts) {
    int columns = length(stage.columns(), parts, stage.columnUnit());
    List<Block> blocks = new ArrayList<>();
    for (int column = 0; column < stage.columns(); column += columns) {
      blocks.add(new Block(0, batch, column, Math.min(stage.columns(), column + columns)));
    }
    return blocks.toArray(Block[]::new);
  }

  /** Length of each of about {@code parts} pieces, a multiple of {@code unit}. */
  private static int length(int whole, int parts, int unit) {
    int pieces = (whole + unit - 1) / unit;
    return Math.max(1, (pieces + parts - 1) / parts) * unit;
  }

  void run() {
    for (Stage each : stages) {
      each.begin();
    }
    if (byRows) {
      workers.run(blocks[0].length, this);
      return;
    }
    for (int i = 0; i < time; i++) {
      t = reverse ? time - 1 - i : i;
      for (stage = 0; stage < stages.length; stage++) {
        workers.run(blocks[stage].length, this);
      }
    }
  }

  /**
   * Runs all steps of some rows, or some columns of the present stage; for {@link Workers} only.
   */
  @Override
  public void run(int part) {
    if (!byRows) {
      stages[stage].run(t, blocks[stage][part]);
      return;
    }
    for (int i = 0; i < time; i++) {
      for (int j = 0; j < stages.length; j++) {
        stages[j].run(reverse ? time - 1 - i : i, blocks[j][part]);
      }
    }
  }
}
