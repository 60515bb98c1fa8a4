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

  /** Multiplications beside which threads may well wait for one another. */
  private static final long LONG_STEP = 1_000_000;

  private final Stage[] stages;
  private final Block[][] preparations;
  private final Block[][] blocks;
  private final boolean byRows;
  private final boolean reverse;
  private final Workers workers;

  private boolean preparing;
  private int from;
  private int to;
  private int t;
  private int stage;

  /**
   * @param reverse whether the last step comes first
   */
  Schedule(Sizes sizes, List<Stage> stages, boolean reverse, Machine machine) {
    this.stages = stages.toArray(Stage[]::new);
    this.reverse = reverse;
    workers = machine.workers();
    int threads = workers.threads();
    int batch = sizes.batch();
    byRows = threads == 1 || batch >= ROWS * threads && !isBetterByColumns(batch, threads);
    preparations = new Block[this.stages.length][];
    blocks = new Block[this.stages.length][];
    for (int i = 0; i < blocks.length; i++) {
      Stage each = this.stages[i];
      preparations[i] = columns(each, batch, parts(each.preparation(), threads));
      blocks[i] =
          byRows
              ? rows(each, batch, threads)
              : columns(each, batch, parts(batch * each.work(), threads));
    }
  }

  private static int parts(long work, int threads) {
    return (int) Math.max(1, Math.min(threads, work / PART_WORK));
  }

  /** Whether rows would leave threads idle in steps so long that waiting for one another is not. */
  private boolean isBetterByColumns(int batch, int threads) {
    int rows = length(batch, threads, ROWS);
    boolean even = 8 * rows * threads <= 9 * batch;
    long longest = 0;
    for (Stage each : stages) {
      longest = Math.max(longest, batch * each.work());
    }
    return !even && longest >= LONG_STEP * threads;
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

  /** Makes all stages ready for their first step. */
  void begin() {
    preparing = true;
    for (stage = 0; stage < stages.length; stage++) {
      workers.run(preparations[stage].length, this);
    }
    preparing = false;
  }

  /** Runs steps {@code from} (inclusive) to {@code to} (exclusive). */
  void run(int from, int to) {
    this.from = from;
    this.to = to;
    if (byRows) {
      workers.run(blocks[0].length, this);
      return;
    }
    for (int i = from; i < to; i++) {
      t = step(i);
      for (stage = 0; stage < stages.length; stage++) {
        if (stages[stage].isDue(t)) {
          workers.run(blocks[stage].length, this);
        }
      }
    }
  }

  /** The step whose turn is that of step i going forward. */
  private int step(int i) {
    return reverse ? from + to - 1 - i : i;
  }

  /**
   * Makes ready some columns of the present stage or runs it for these, or runs the steps for some
   * rows; for {@link Workers} only.
   */
  @Override
  public void run(int part) {
    if (preparing) {
      Block block = preparations[stage][part];
      stages[stage].begin(block.fromColumn(), block.toColumn());
      return;
    }
    if (!byRows) {
      stages[stage].run(t, blocks[stage][part]);
      return;
    }
    for (int i = from; i < to; i++) {
      int step = step(i);
      for (int j = 0; j < stages.length; j++) {
        if (stages[j].isDue(step)) {
          stages[j].run(step, blocks[j][part]);
        }
      }
    }
  }
}
