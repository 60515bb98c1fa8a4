package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.CacheLine;
import dev.volute.backend.java.parallel.Workspace;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.backend.java.simd.WindowProducts;
import java.util.Optional;

/**
 * A kernel over all windows of laid-out images as a matrix product: packed filters times windows. A
 * panel of windows that lie side by side at a time is multiplied, and stored where the results go
 * if these lie so, too. Uses slot 3 of the workspace.
 */
final class WindowProduct {
  /** Where sums begin in their arrays. */
  private static final int SUMS = CacheLine.FIRST;

  /** Multiplications that are worth a part of their own: about 20 microseconds. */
  private static final long PART_WORK = 1_000_000;

  private final FilterPanels filters;
  private final PlaneLayout layout;
  private final int[] cells;
  private final int groupStep;
  private final int rows;
  private final int columns;
  private final WindowTarget target;
  private final WindowProducts products;
  private final Workspace workspace;
  private final int width;

  /**
   * @param cells where the cells of a group's first window lie in the laid-out image, one for each
   *     column of the filters' matrix
   * @param groupChannels channels of the image that a group sees
   * @param rows of windows
   * @param columns of windows
   */
  WindowProduct(
      FilterPanels filters,
      PlaneLayout layout,
      int[] cells,
      int groupChannels,
      int rows,
      int columns,
      WindowTarget target,
      Machine machine) {
    this.filters = filters;
    this.layout = layout;
    this.cells = cells;
    this.groupStep = groupChannels * layout.length();
    this.rows = rows;
    this.columns = columns;
    this.target = target;
    products = machine.simd().windowProducts();
    workspace = machine.workers().workspace();
    width = products.columns();
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

  /** From the first window of a sample to behind the last, with what is between the rows. */
  private int sampleWindows() {
    return (rows - 1) * layout.columns() + columns;
  }

  /** Windows that lie side by side: of all samples, or of each. */
  private int windows(int samples) {
    return layout.isJoint() ? (samples - 1) * layout.plane() + sampleWindows() : sampleWindows();
  }

  /** Panels of windows that lie side by side. */
  private int panels(int samples) {
    return (windows(samples) + products.unit() - 1) / products.unit();
  }

  /** How often there are windows that lie side by side. */
  private int times(int samples) {
    return layout.isJoint() ? 1 : samples;
  }

  private long wanted(int samples) {
    long windows = (long) samples * rows * columns;
    return 1
        + windows * filters.groups() * filters.rows() * Math.max(1, filters.depth()) / PART_WORK;
  }

  /** Into how many parts to divide windows that lie side by side. */
  private int split(int samples) {
    return (int) Math.max(1, Math.min(panels(samples), wanted(samples) / times(samples)));
  }

  /** In how many parts to divide the windows of some samples. */
  int parts(int samples) {
    int split = split(samples);
    return split > 1 ? split * times(samples) : (int) Math.min(times(samples), wanted(samples));
  }

  /** The first panel of a part, counted through all. */
  private int firstPanel(int part, int samples) {
    int split = split(samples);
    int panels = panels(samples);
    return split > 1
        ? part / split * panels + part % split * panels / split
        : (int) ((long) times(samples) * part / parts(samples)) * panels;
  }

  /**
   * Computes one part of the windows.
   *
   * @param samples how many are laid out
   * @param sampleStep their distance
   * @param packed the packed filters
   * @param bias one value for each channel of the result, and some behind them
   * @param low the least result
   * @param rest what else to do to results
   * @param sample the first sample in the result
   */
  void run(
      int part,
      int samples,
      int sampleStep,
      Floats packed,
      Floats bias,
      float low,
      Optional<FloatMap> rest,
      float[] planes,
      int planesAt,
      Floats result,
      int sample) {
    int first = firstPanel(part, samples);
    int end = firstPanel(part + 1, samples);
    int panels = panels(samples);
    int m = filters.rows();
    float[] sums = workspace.floats(3, m * width + products.overrun());
    for (int group = 0; group < filters.groups(); group++) {
      int a = packed.offset() + group * filters.groupLength();
      int channel = group * m;
      int next;
      for (int panel = first; panel < end; panel = next) {
        int time = panel / panels;
        next = Math.min(panel + width / products.unit(), Math.min(end, (time + 1) * panels));
        int from = panel % panels * products.unit();
        int count = Math.min((next - panel) * products.unit(), windows(samples) - from);
        int b = planesAt + group * groupStep + time * sampleStep + from;
        int inSample = layout.isJoint() ? from % layout.plane() : from;
        int at =
            result.offset()
                + target.origin()
                + (sample + (layout.isJoint() ? from / layout.plane() : time)) * target.sampleStep()
                + channel * target.channelStep();
        boolean inPlace = isInPlace(inSample, count);
        float[] c = inPlace ? result.array() : sums;
        int to = inPlace ? at + inSample : SUMS;
        int step = inPlace ? target.channelStep() : width;
        products.multiply(
            m,
            count,
            filters.depth(),
            packed.array(),
            a,
            planes,
            b,
            cells,
            bias.array(),
            bias.offset() + channel,
            low,
            c,
            to,
            step);
        for (int i = 0; i < m && rest.isPresent(); i++) {
          int row = to + i * step;
          rest.get().run(count, c, row, c, row, c, row);
        }
        if (!inPlace) {
          scatter(inSample, count, sums, result.array(), at);
        }
      }
    }
  }

  /** Whether results lie as the windows of a panel do, and may be overwritten as it does. */
  private boolean isInPlace(int first, int count) {
    return target.columnStep() == 1
        && target.rowStep() == columns
        && layout.columns() == columns
        && count % products.unit() == 0
        && first + count <= rows * columns;
  }

  /**
   * Copies a panel to where its windows' results go.
   *
   * @param first the panel's first window, in its sample
   * @param at where the results of that sample begin
   */
  private void scatter(int first, int count, float[] sums, float[] to, int at) {
    int pitch = layout.columns();
    int length;
    for (int i = 0; i < count; i += length) {
      int window = first + i;
      int sample = layout.isJoint() ? window / layout.plane() : 0;
      int row = (window - sample * layout.plane()) / pitch;
      int column = window % pitch;
      length = Math.min(pitch - column, count - i);
      int y =
          at + sample * target.sampleStep() + row * target.rowStep() + column * target.columnStep();
      if (row < rows && column < columns) {
        copyRun(Math.min(length, columns - column), sums, SUMS + i, to, y);
      }
    }
  }

  private void copyRun(int n, float[] sums, int sumsAt, float[] to, int toAt) {
    for (int channel = 0; channel < filters.rows(); channel++) {
      int from = sumsAt + channel * width;
      int at = toAt + channel * target.channelStep();
      if (target.columnStep() == 1) {
        System.arraycopy(sums, from, to, at, n);
      } else {
        for (int i = 0; i < n; i++) {
          to[at + i * target.columnStep()] = sums[from + i];
        }
      }
    }
  }
}
