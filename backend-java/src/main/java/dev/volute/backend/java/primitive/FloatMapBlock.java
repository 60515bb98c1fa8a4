package dev.volute.backend.java.primitive;

import dev.volute.backend.java.parallel.Workspace;

/**
 * A function of up to three floats at the same place: view 0 of the result and the others of the
 * arguments. Elements that do not lie in runs are brought into buffers, so that each function is
 * written for runs alone.
 */
final class FloatMapBlock implements Walk.Block {
  /** A function of contiguous runs, as {@link dev.volute.backend.java.simd.FloatMap} is. */
  @FunctionalInterface
  interface Run {
    void run(int n, float[] y, int yAt, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt);
  }

  /**
   * Runs are cut at this length too: the JVM compiles a function that is called often sooner than
   * one that is called for long.
   */
  private static final int BUFFER = 512;

  /** Runs shorter than this are put together. */
  private static final int SHORT = 64;

  private final Run map;
  private final Workspace workspace;
  private final float[][] arrays;
  private final Steps[] steps;
  private final boolean inRuns;

  /**
   * @param arrays of the result and of each argument
   */
  FloatMapBlock(Run map, Workspace workspace, Walk walk, float[]... arrays) {
    this.map = map;
    this.workspace = workspace;
    this.arrays = arrays.clone();
    this.steps = new Steps[arrays.length];
    boolean runs = walk.columns() >= SHORT || walk.rows() == 1;
    for (int view = 0; view < arrays.length; view++) {
      steps[view] = Steps.of(walk, view);
      runs &= steps[view].column() == 1;
    }
    inRuns = runs;
  }

  @Override
  public void run(int rows, int columns, int yAt, int aAt, int bAt, int cAt) {
    if (inRuns) {
      for (int row = 0; row < rows; row++) {
        for (int column = 0; column < columns; column += BUFFER) {
          map.run(
              Math.min(BUFFER, columns - column),
              arrays[0],
              place(0, yAt, row, column),
              argument(1),
              place(1, aAt, row, column),
              argument(2),
              place(2, bAt, row, column),
              argument(3),
              place(3, cAt, row, column));
        }
      }
      return;
    }
    int height = Math.max(1, BUFFER / columns);
    for (int row = 0; row < rows; row += height) {
      for (int column = 0; column < columns; column += BUFFER) {
        buffered(
            Math.min(height, rows - row),
            Math.min(BUFFER, columns - column),
            place(0, yAt, row, column),
            place(1, aAt, row, column),
            place(2, bAt, row, column),
            place(3, cAt, row, column));
      }
    }
  }

  private void buffered(int rows, int columns, int yAt, int aAt, int bAt, int cAt) {
    boolean direct = Strided.isRun(steps[0], rows, columns);
    float[] y = direct ? arrays[0] : workspace.floats(0, BUFFER);
    boolean aRuns = isRun(1, rows, columns);
    boolean bRuns = isRun(2, rows, columns);
    boolean cRuns = isRun(3, rows, columns);
    map.run(
        rows * columns,
        y,
        direct ? yAt : 0,
        aRuns ? argument(1) : gathered(1, rows, columns, aAt),
        aRuns ? aAt : 0,
        bRuns ? argument(2) : gathered(2, rows, columns, bAt),
        bRuns ? bAt : 0,
        cRuns ? argument(3) : gathered(3, rows, columns, cAt),
        cRuns ? cAt : 0);
    if (!direct) {
      Strided.scatter(rows, columns, y, arrays[0], yAt, steps[0]);
    }
  }

  private int place(int view, int at, int row, int column) {
    return view < steps.length
        ? at + row * steps[view].row() + column * steps[view].column()
        : place(1, at, row, column);
  }

  /** The array of an argument; a function of fewer does not look at it. */
  private float[] argument(int view) {
    return arrays[view < arrays.length ? view : 1];
  }

  private boolean isRun(int view, int rows, int columns) {
    return view >= steps.length || Strided.isRun(steps[view], rows, columns);
  }

  private float[] gathered(int view, int rows, int columns, int at) {
    float[] buffer = workspace.floats(view, BUFFER);
    Strided.gather(rows, columns, arrays[view], at, steps[view], buffer);
    return buffer;
  }
}
