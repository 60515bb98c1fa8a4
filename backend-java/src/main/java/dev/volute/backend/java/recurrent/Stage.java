package dev.volute.backend.java.recurrent;

/**
 * A part of a step that needs all of the part before it, but whose rows and columns do not need one
 * another.
 */
interface Stage {
  /** Rows and columns of a stage: the former inclusive, the latter exclusive. */
  record Block(int fromRow, int toRow, int fromColumn, int toColumn) {
    int rows() {
      return toRow - fromRow;
    }

    int columns() {
      return toColumn - fromColumn;
    }
  }

  /** Makes some columns ready for the first step. */
  default void begin(int fromColumn, int toColumn) {}

  /** About how many elements {@link #begin} moves. */
  default long preparation() {
    return 0;
  }

  /** Whether it is run for a step; where it is not, it has done that step's work before. */
  default boolean isDue(int t) {
    return true;
  }

  int columns();

  /** Blocks begin at multiples of this many columns. */
  int columnUnit();

  /** About how many multiplications one row takes, at the speed of matrix products. */
  long work();

  void run(int t, Block block);
}
