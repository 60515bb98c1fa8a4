package dev.volute.backend.java.primitive;

import java.util.Arrays;

/** Moves rows of columns between strided places and the start of buffers. */
final class Strided {
  /** From this length on, a call of {@link System#arraycopy} is worth its while. */
  private static final int LONG_RUN = 16;

  private Strided() {}

  /** True if the elements lie one behind the other already. */
  static boolean isRun(Steps steps, int rows, int columns) {
    return (columns == 1 || steps.column() == 1) && (rows == 1 || steps.row() == columns);
  }

  /** Brings rows and columns into a buffer, one behind the other. */
  static void gather(int rows, int columns, float[] from, int at, Steps steps, float[] buffer) {
    if (columns < rows && columns < LONG_RUN) {
      for (int column = 0; column < columns; column++) {
        int first = at + column * steps.column();
        for (int row = 0; row < rows; row++) {
          buffer[row * columns + column] = from[first + row * steps.row()];
        }
      }
      return;
    }
    for (int row = 0; row < rows; row++) {
      gather(columns, from, at + row * steps.row(), steps.column(), buffer, row * columns);
    }
  }

  private static void gather(int n, float[] from, int at, int step, float[] buffer, int to) {
    if (step == 0) {
      Arrays.fill(buffer, to, to + n, from[at]);
    } else if (step == 1 && n >= LONG_RUN) {
      System.arraycopy(from, at, buffer, to, n);
    } else {
      for (int i = 0; i < n; i++) {
        buffer[to + i] = from[at + i * step];
      }
    }
  }

  /** The way back. */
  static void scatter(int rows, int columns, float[] buffer, float[] to, int at, Steps steps) {
    if (columns < rows && columns < LONG_RUN) {
      for (int column = 0; column < columns; column++) {
        int first = at + column * steps.column();
        for (int row = 0; row < rows; row++) {
          to[first + row * steps.row()] = buffer[row * columns + column];
        }
      }
      return;
    }
    for (int row = 0; row < rows; row++) {
      int first = at + row * steps.row();
      if (steps.column() == 1 && columns >= LONG_RUN) {
        System.arraycopy(buffer, row * columns, to, first, columns);
      } else {
        for (int i = 0; i < columns; i++) {
          to[first + i * steps.column()] = buffer[row * columns + i];
        }
      }
    }
  }
}
