package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Floats;

/** A value of all steps, {@code [batch, time, width]}. */
record Steps(Floats values, int time, int width) {
  float[] array() {
    return values.array();
  }

  /** Where a row of step t begins. */
  int at(int row, int t) {
    return values.offset() + (row * time + t) * width;
  }

  /** Distance of the rows of one step. */
  int rowStep() {
    return time * width;
  }
}
