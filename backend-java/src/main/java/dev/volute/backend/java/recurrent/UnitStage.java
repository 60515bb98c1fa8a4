package dev.volute.backend.java.recurrent;

/** What a cell does with each unit of each row. */
abstract class UnitStage implements Stage {
  /** Vectors of all sizes fit into this many units. */
  private static final int UNITS = 16;

  /** About how many multiplications take as long as one unit. */
  private static final int WORK = 100;

  private final int units;

  UnitStage(Sizes sizes) {
    units = sizes.units();
  }

  /** Units of a row, and so the distance of a row's gates. */
  final int units() {
    return units;
  }

  @Override
  public final int columns() {
    return units;
  }

  @Override
  public final int columnUnit() {
    return UNITS;
  }

  @Override
  public final long work() {
    return (long) units * WORK;
  }

  @Override
  public final void run(int t, Block block) {
    for (int row = block.fromRow(); row < block.toRow(); row++) {
      run(t, row, block.fromColumn(), block.columns());
    }
  }

  /** Computes n units of a row, from one on. */
  abstract void run(int t, int row, int unit, int n);
}
