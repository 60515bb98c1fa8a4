package dev.volute.backend.java.spatial;

import java.util.ArrayList;
import java.util.List;

/**
 * The windows of several samples, counted sample by sample and row by row and divided into panels
 * of equal width: each panel is a few runs of windows that lie side by side in the image.
 */
final class ColumnRuns {
  private final int windows;
  private final int width;
  private final int[] first;
  private final int[] from;
  private final int[] to;
  private final int[] length;

  /**
   * @param sampleStep distance of samples in the laid-out image
   * @param rowStep distance there of windows below one another
   * @param width of a panel
   * @param longest run
   */
  ColumnRuns(
      int samples, int sampleStep, int rows, int columns, int rowStep, int width, int longest) {
    this.windows = samples * rows * columns;
    this.width = width;
    first = new int[panels() + 1];
    List<int[]> runs = new ArrayList<>();
    int next = 0;
    for (int line = 0, window = 0; line < samples * rows; line++) {
      int at = line / rows * sampleStep + line % rows * rowStep;
      for (int column = 0; column < columns; ) {
        if (window == next * width) {
          first[next++] = runs.size();
        }
        int place = window % width;
        int count = Math.min(longest, Math.min(columns - column, width - place));
        runs.add(new int[] {at + column, place, count});
        column += count;
        window += count;
      }
    }
    first[panels()] = runs.size();
    from = runs.stream().mapToInt(run -> run[0]).toArray();
    to = runs.stream().mapToInt(run -> run[1]).toArray();
    length = runs.stream().mapToInt(run -> run[2]).toArray();
  }

  int windows() {
    return windows;
  }

  int panels() {
    return (windows + width - 1) / width;
  }

  /** The first run of a panel; that of the panel behind the last is the number of runs. */
  int first(int panel) {
    return first[panel];
  }

  /** For each run, where its first window begins in the laid-out image. */
  int[] from() {
    return from;
  }

  /** For each run, its first column in the panel. */
  int[] to() {
    return to;
  }

  int[] length() {
    return length;
  }
}
