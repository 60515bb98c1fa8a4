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
 * finished. Uses slots 2 and 3 of the workspace.
 */
final class WindowProduct {
  /** Elements of a sum that are added before the next: a panel of columns fits the cache. */
  private static final int DEPTH = 384;

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
  private final int depth;

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
    int blocks = Math.max(1, (cells.length + DEPTH - 1) / DEPTH);
    depth = (cells.length + blocks - 1) / blocks;
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
    int end = (int) ((long) runs.panels() * (part + 1) / parts);
    for (int panel = (int) ((long) runs.panels() * part / parts); panel < end; panel++) {
      panel(panel, runs, packed, bias, planes, planesAt, result, sample);
    }
  }

  private void panel(
      int panel,
      ColumnRuns runs,
      Floats packed,
      Optional<Floats> bias,
      float[] planes,
      int planesAt,
      Floats result,
      int sample) {
    int width = products.panelColumns();
    int first = panel * width;
    int count = Math.min(width, runs.windows() - first);
    int windows = rows * columns;
    boolean direct =
        target.columnStep() == 1
            && target.rowStep() == columns
            && first % windows + count <= windows;
    int m = filters.rows();
    float[] c = result.array();
    int cStep = target.channelStep();
    int cAt =
        result.offset()
            + target.origin()
            + (sample + first / windows) * target.sampleStep()
            + first % windows;
    if (!direct) {
      c = workspace.floats(3, m * width);
      cStep = width;
      cAt = 0;
    }
    for (int group = 0; group < filters.groups(); group++) {
      for (int row = 0; row < m; row++) {
        int at = cAt + row * cStep;
        Arrays.fill(c, at, at + count, start(bias, group * m + row));
      }
      int groupAt = planesAt + group * groupStep;
      multiply(panel, group, count, runs, packed, planes, groupAt, c, cAt, cStep);
      if (activation.isPresent()) {
        for (int row = 0; row < m; row++) {
          int at = cAt + row * cStep;
          activation.get().run(count, c, at, c, at, c, at);
        }
      }
      if (direct) {
        cAt += m * cStep;
      } else {
        scatter(panel, group, runs, c, width, result, sample);
      }
    }
  }

  private static float start(Optional<Floats> bias, int channel) {
    return bias.isPresent() ? bias.get().array()[bias.get().offset() + channel] : 0f;
  }

  private void multiply(
      int panel,
      int group,
      int count,
      ColumnRuns runs,
      Floats packed,
      float[] planes,
      int planesAt,
      float[] c,
      int cAt,
      int cStep) {
    int width = products.panelColumns();
    int height = filters.height();
    int all = filters.depth();
    int filtersAt = packed.offset() + group * filters.groupLength();
    float[] block = workspace.floats(2, depth * width + copies.overrun());
    for (int l = 0; l < all; l += depth) {
      int end = Math.min(l + depth, all);
      copies.copy(
          cells,
          l,
          end,
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
      products.multiplyAdd(
          filters.rows(),
          count,
          end - l,
          packed.array(),
          filtersAt + l * height,
          all * height,
          1,
          height,
          block,
          CacheLine.FIRST,
          width,
          c,
          cAt,
          cStep);
    }
  }

  /** Copies a finished panel to where its windows' results go. */
  private void scatter(
      int panel, int group, ColumnRuns runs, float[] tile, int width, Floats result, int sample) {
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
        int from = channel * width + place;
        if (target.columnStep() == 1) {
          System.arraycopy(tile, from, to, at, length);
        } else {
          for (int i = 0; i < length; i++) {
            to[at + i * target.columnStep()] = tile[from + i];
          }
        }
      }
    }
  }
}
