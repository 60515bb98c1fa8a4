package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.Factor;
import dev.volute.backend.java.dense.PackedWeight;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workspace;
import dev.volute.backend.java.recurrent.StepRows.Sequence;
import dev.volute.backend.java.recurrent.StepRows.Slices;
import java.util.Arrays;

/**
 * Multiplies the gradients to the sums of a chunk of steps with the transposed input weight, when
 * the steps have gone back to the first of them. Uses slots 0 and 1 of each thread's workspace.
 */
final class InputGradientStage extends WeightStage {
  private final Slices sums;
  private final Sequence to;
  private final Workspace workspace;

  /**
   * @param packed the weight, or memory for it
   */
  InputGradientStage(
      Factor factor,
      Floats weight,
      PackedWeight packed,
      Slices sums,
      Sequence to,
      Machine machine) {
    super(factor, weight, packed);
    this.sums = sums;
    this.to = to;
    workspace = machine.workers().workspace();
  }

  @Override
  public boolean isDue(int t) {
    return t % sums.steps() == 0;
  }

  @Override
  public void run(int t, Block block) {
    int end = Math.min(t + sums.steps(), to.time());
    int some = Math.max(1, ROWS / Math.max(1, block.rows()));
    int columns = block.columns();
    float[] result = workspace.floats(1, some * block.rows() * columns);
    for (int first = t; first < end; first += some) {
      int steps = Math.min(some, end - first);
      Arrays.fill(result, 0, steps * block.rows() * columns, 0f);
      multiply(
          steps,
          block.rows(),
          sums.array(first),
          sums.at(block.fromRow(), first),
          sums.batch() * sums.distance(),
          sums.distance(),
          block.fromColumn(),
          block.toColumn(),
          result,
          -block.fromColumn(),
          columns);
      copy(first, steps, block, result);
    }
  }

  private void copy(int first, int steps, Block block, float[] result) {
    int from = 0;
    for (int t = first; t < first + steps; t++) {
      for (int row = block.fromRow(); row < block.toRow(); row++, from += block.columns()) {
        int at = to.at(row, t) + block.fromColumn();
        System.arraycopy(result, from, to.array(t), at, block.columns());
      }
    }
  }
}
