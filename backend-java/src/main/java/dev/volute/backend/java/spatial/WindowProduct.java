package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.CacheLine;
import dev.volute.backend.java.parallel.Workspace;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.backend.java.simd.Products;
import dev.volute.backend.java.simd.RunCopies;
import java.util.Arrays;
import java.util.Optional;

/**
 * A kernel over all windows of laid-out images as a matrix product: packed filters times columns,
 * one column for each window. A panel of columns at a time is copied from the image, multiplied and
 * finished. Uses slots 1 to 3 of the workspace.
 */
final class WindowProduct {
  /** Where sums begin in their arrays. */
  private static final int SUMS = CacheLine.FIRST;

  /** Multiplications that are worth a part of their own: about 20 microseconds. */
  private static final long PART_WORK = 1_000_000;

  private final FilterPanels filters;
  private final int[] cells;
  private final int groupStep;
  private final int rows;
  private final int columns;
  private final WindowTarget target;
  private final Optional<FloatMap> activation;
  private final Products products;
  private final RunCopies copies;
  private final Workspace workspace;
  private final int width;

  /**
   * @param cells where the cells of a group's first window lie in the laid-out image, one for each
   *     column of the filters' matrix
   * @param groupStep distance of groups in the laid-out image
   * @param rows of windows
   * @param columns of windows
   */
  WindowProduct(
      FilterPanels filters,
      int[] cells,
      int groupStep,
      int rows,
      int columns,
      WindowTarget target,
      Optional<FloatMap> activation,
      Machine machine) {
    this.filters = filters;
    this.cells = cells;
    this.groupStep = groupStep;
    this.rows = rows;
    this.columns = columns;
    this.target = target;
    this.activation = activation;
    products = machine.simd().products();
    copies = machine.simd().runCopies();
    workspace = machine.workers().workspace();
    width = products.panelColumns();
  }

  FilterPanels filters() {
    return filters;
  }

  /** Where the cells of a group's first window lie in the laid-out image. */
  int[] cells() {
    return cells;
  }

  /** Rows of windows. */
  int rows() {
    return rows;
  }

  /** Columns of windows. */
  int columns() {
    return columns;
  }

  WindowTarget target() {
    return target;
  }

  ColumnRuns runs(int samples, int sampleStep, int rowStep) {
    return new ColumnRuns(
        samples, sampleStep, rows, columns, rowStep, products.panelColumns(), copies.longest());
  }

  /** In how many parts to divide some windows. */
  int parts(ColumnRuns runs) {
    long work =
        (long) runs.windows() * filters.groups() * filters.rows() * Math.max(1, filters.depth());
    return (int) Math.min(runs.panels(), 1 + work / PART_WORK);
  }

  /**
   * Computes one part of the windows.
   *
   * @param packed the packed filters
   * @param bias one value for each channel of the result, if there are any
   * @param sample the first sample in the result
   */
  void run(
      int part,
      ColumnRuns runs,
      Floats packed,
      Optional<Floats> bias,
      float[] planes,
      int planesAt,
      Floats result,
      int sample) {
    int parts = parts(runs);
    int first = (int) ((long) runs.panels() * part / parts);
    int end = (int) ((long) runs.panels() * (part + 1) / parts);
    for (int group = 0; group < filters.groups(); group++) {
      float[] begun = begun(bias, group);
      int filtersAt = packed.offset() + group * filters.groupLength();
      int groupAt = planesAt + group * groupStep;
      for (int panel = first; panel < end; panel++) {
        float[] sums = workspace.floats(3, filters.room() * width);
        System.arraycopy(begun, SUMS, sums, SUMS, filters.room() * width);
        multiply(panel, runs, packed.array(), filtersAt, planes, groupAt, sums);
        finish(panel, group, runs, sums, result, sample);
      }
    }
  }

  /** What the sums of a group's panels begin with. */
  private float[] begun(Optional<Floats> bias, int group) {
    int m = filters.rows();
    float[] sums = workspace.floats(1, filters.room() * width);
    for (int row = 0; row < m; row++) {
      int at = SUMS + row * width;
      Arrays.fill(sums, at, at + width, start(bias, group * m + row));
    }
    return sums;
  }

  private static float start(Optional<Floats> bias, int channel) {
    return bias.isPresent() ? bias.get().array()[bias.get().offset() + channel] : 0f;
  }

  private void multiply(
      int panel,
      ColumnRuns runs,
      float[] packed,
      int packedAt,
      float[] planes,
      int planesAt,
      float[] sums) {
    int count = Math.min(width, runs.windows() - panel * width);
    int depth = filters.block();
    float[] block = workspace.floats(2, depth * width + copies.overrun());
    for (int l = 0; l < filters.depth(); l += depth) {
      int length = Math.min(depth, filters.depth() - l);
      copies.copy(
          cells,
          l,
          l + length,
          runs.from(),
          runs.to(),
          runs.length(),
          runs.first(panel),
          runs.first(panel + 1),
          planes,
          planesAt,
          block,
          CacheLine.FIRST,
          width);
      int from = packedAt + l * filters.room();
      products.multiplyAddPanels(
          filters.rows(), count, length, length, packed, from, block, CacheLine.FIRST, sums, SUMS);
    }
  }

  private void finish(
      int panel, int group, ColumnRuns runs, float[] sums, Floats result, int sample) {
    int m = filters.rows();
    if (activation.isPresent()) {
      activation.get().run(m * width, sums, SUMS, sums, SUMS, sums, SUMS);
    }
    int first = panel * width;
    int count = Math.min(width, runs.windows() - first);
    int windows = rows * columns;
    if (target.columnStep() == 1
        && target.rowStep() == columns
        && first % windows + count <= windows) {
      int at =
          result.offset()
              + target.origin()
              + (sample + first / windows) * target.sampleStep()
              + group * m * target.channelStep()
              + first % windows;
      copies.rows(m, count, sums, SUMS, width, result.array(), at, target.channelStep());
    } else {
      scatter(panel, group, runs, sums, result, sample);
    }
  }

  /** Copies a finished panel to where its windows' results go. */
  private void scatter(
      int panel, int group, ColumnRuns runs, float[] sums, Floats result, int sample) {
    float[] to = result.array();
    int m = filters.rows();
    for (int run = runs.first(panel); run < runs.first(panel + 1); run++) {
      int place = runs.to()[run];
      int length = runs.length()[run];
      int window = panel * width + place;
      int row = window / columns % rows;
      int at =
          result.offset()
              + target.origin()
              + (sample + window / (rows * columns)) * target.sampleStep()
              + group * m * target.channelStep()
              + row * target.rowStep()
              + window % columns * target.columnStep();
      for (int channel = 0; channel < m; channel++, at += target.channelStep()) {
        int from = SUMS + channel * width + place;
        if (target.columnStep() == 1) {
          System.arraycopy(sums, from, to, at, length);
        } else {
          for (int i = 0; i < length; i++) {
            to[at + i * target.columnStep()] = sums[from + i];
          }
        }
      }
    }
  }
}
