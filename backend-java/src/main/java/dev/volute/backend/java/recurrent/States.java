package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Floats;

/**
 * The states before each step: first what was given, then what the step before left.
 *
 * @param first {@code [batch, units]}
 * @param after holds the state after each step, from column {@code column} on
 */
record States(Floats first, int units, Steps after, int column) {
  States(Floats first, int units, Steps after) {
    this(first, units, after, 0);
  }

  float[] array(int t) {
    return t == 0 ? first.array() : after.array();
  }

  /** Where a row before step t begins. */
  int at(int row, int t) {
    return t == 0 ? first.offset() + row * units : after.at(row, t - 1) + column;
  }

  /** Distance of the rows before step t. */
  int rowStep(int t) {
    return t == 0 ? units : after.rowStep();
  }
}
