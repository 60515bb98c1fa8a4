package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.Factor;
import dev.volute.backend.java.dense.PackedWeight;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.recurrent.StepRows.Chunk;
import dev.volute.backend.java.recurrent.StepRows.Sequence;

/**
 * Begins the gates' sums of some steps at a time with the bias and the product with the input
 * weight: of steps enough that the product is efficient, and few enough that their sums are still
 * near when the steps add to them.
 */
final class InputStage extends WeightStage {
  private final Floats bias;
  private final Sequence x;
  private final Chunk sums;

  /**
   * @param packed the weight, or memory for it, if it is packed
   */
  InputStage(
      Factor factor, Floats weight, PackedWeight packed, Floats bias, Sequence x, Chunk sums) {
    super(factor, weight, packed);
    this.bias = bias;
    this.x = x;
    this.sums = sums;
  }

  @Override
  public boolean isDue(int t) {
    return t % sums.steps() == 0;
  }

  @Override
  public void run(int t, Block block) {
    int first = sums.first(t);
    float[] to = sums.values().array();
    int at = sums.begin(block.fromRow());
    int column = block.fromColumn();
    for (int i = 0; i < block.rows() * sums.steps(); i++) {
      int row = at + i * sums.pitch() + column;
      System.arraycopy(bias.array(), bias.offset() + column, to, row, block.columns());
    }
    multiply(
        block.rows(),
        sums.steps(),
        x.array(first),
        x.at(block.fromRow(), first),
        x.rowStep(first),
        x.width(),
        block.fromColumn(),
        block.toColumn(),
        to,
        at,
        sums.pitch());
  }
}
