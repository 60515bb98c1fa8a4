package dev.volute.backend.java.primitive;

import dev.volute.backend.java.parallel.Workspace;
import dev.volute.backend.java.simd.FloatMap;

/**
 * A function of floats: views 0 of the result and 1 and 2 of the arguments. Elements that do not
 * lie side by side are brought into a buffer, so that each function is written for runs alone.
 */
final class FloatMapBlock implements Walk.Block {
  private static final int BUFFER = 512;

  private final FloatMap map;
  private final Workspace workspace;
  private final float[] y;
  private final float[] a;
  private final float[] b;
  private final int[] columnStrides = new int[3];
  private final int[] rowStrides = new int[3];

  FloatMapBlock(FloatMap map, Workspace workspace, Walk walk, float[] y, float[] a, float[] b) {
    this.map = map;
    this.workspace = workspace;
    this.y = y;
    this.a = a;
    this.b = b;
    for (int view = 0; view < 3; view++) {
      columnStrides[view] = walk.columnStride(view);
      rowStrides[view] = walk.rowStride(view);
    }
  }

  @Override
  public void run(int rows, int columns, int yAt, int aAt, int bAt, int unused) {
    boolean runs = columnStrides[0] == 1 && columnStrides[1] == 1 && columnStrides[2] == 1;
    for (int row = 0; row < rows; row++) {
      if (runs) {
        map.run(columns, y, yAt, a, aAt, b, bAt);
      } else {
        buffered(columns, yAt, aAt, bAt);
      }
      yAt += rowStrides[0];
      aAt += rowStrides[1];
      bAt += rowStrides[2];
    }
  }

  private void buffered(int columns, int yAt, int aAt, int bAt) {
    int stepY = columnStrides[0];
    int stepA = columnStrides[1];
    int stepB = columnStrides[2];
    float[] bufferY = stepY == 1 ? y : workspace.floats(0, BUFFER);
    float[] bufferA = stepA == 1 ? a : workspace.floats(1, BUFFER);
    float[] bufferB = stepB == 1 ? b : workspace.floats(2, BUFFER);
    for (int from = 0; from < columns; from += BUFFER) {
      int n = Math.min(BUFFER, columns - from);
      if (stepA != 1) {
        Strided.gather(n, a, aAt + from * stepA, stepA, bufferA);
      }
      if (stepB != 1) {
        Strided.gather(n, b, bAt + from * stepB, stepB, bufferB);
      }
      map.run(
          n,
          bufferY,
          stepY == 1 ? yAt + from : 0,
          bufferA,
          stepA == 1 ? aAt + from : 0,
          bufferB,
          stepB == 1 ? bAt + from : 0);
      if (stepY != 1) {
        Strided.scatter(n, bufferY, y, yAt + from * stepY, stepY);
      }
    }
  }
}
