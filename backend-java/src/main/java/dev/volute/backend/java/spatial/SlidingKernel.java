package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.kernel.Shares;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.backend.java.simd.RunCopies;
import dev.volute.backend.java.simd.WindowFolds;
import dev.volute.spi.Kernel;
import java.util.Optional;

/**
 * Groups of few filters that slide over the channels of their group: too few for a matrix product.
 * Each group is laid out, so that the windows of all its rows lie side by side, with a few between
 * the rows that count for nothing. Uses slots 1 to 3 of the workspace.
 */
final class SlidingKernel implements Kernel {
  /** For people. */
  static final String ALGORITHM =
      "filters that slide over whole rows: a group has too few for products";

  /** Filters of a group for which a matrix product is faster. */
  private static final int MANY = 4;

  private final WindowShape shape;
  private final int groups;
  private final int channels;
  private final Floats image;
  private final Floats filters;
  private final Optional<Floats> bias;
  private final Optional<FloatMap> activation;
  private final Floats result;
  private final Workers workers;
  private final RunCopies copies;
  private final WindowFolds folds;
  private final Kernel kernel;

  SlidingKernel(
      WindowShape shape,
      Floats image,
      Floats filters,
      Optional<Floats> bias,
      Optional<FloatMap> activation,
      Floats result,
      Machine machine) {
    this.shape = shape;
    this.image = image;
    this.filters = filters;
    this.bias = bias;
    this.activation = activation;
    this.result = result;
    workers = machine.workers();
    copies = machine.simd().runCopies();
    folds = machine.simd().windowFolds();
    groups = shape.products().get(0).filters().groups();
    channels = shape.channels() / groups;
    kernel = Shares.kernel(workers, shape.samples() * groups, work(), this::run);
  }

  /** Whether filters are few and groups are many. */
  static boolean pays(ConvolutionShape convolution, int groupFilters) {
    return convolution.groups() > 1 && groupFilters < MANY;
  }

  private long work() {
    long work = (long) channels * shape.layout().length();
    for (WindowProduct product : shape.products()) {
      long products = (long) product.filters().rows() * product.filters().depth();
      work += products * windows(product) / 4;
    }
    return work;
  }

  private int windows(WindowProduct product) {
    return (product.rows() - 1) * shape.layout().columns() + product.columns();
  }

  @Override
  public void run() {
    kernel.run();
  }

  private void run(int first, int end) {
    PlaneLayout layout = shape.layout();
    int length = channels * layout.length();
    float[] planes = workers.workspace().floats(2, length + folds.overrun());
    for (int group = first; group < end; group++) {
      int from = image.offset() + group * channels * layout.height() * layout.width();
      layout.fill(channels, image.array(), from, planes, 0, copies);
      for (WindowProduct product : shape.products()) {
        for (int row = 0; row < product.filters().rows(); row++) {
          filter(product, group, row, planes);
        }
      }
    }
  }

  /**
   * @param group counted through all samples
   */
  private void filter(WindowProduct product, int group, int row, float[] planes) {
    FilterPanels panels = product.filters();
    int channel = group % groups * panels.rows() + row;
    float[] weights = workers.workspace().floats(1, panels.depth());
    int at = filters.offset() + group % groups * panels.groupStep() + row * panels.rowStep();
    for (int i = 0; i < panels.depth(); i++) {
      weights[i] = filters.array()[at + panels.offsets()[i]];
    }
    float start = bias.isPresent() ? bias.get().array()[bias.get().offset() + channel] : 0f;
    int windows = windows(product);
    float[] sums = workers.workspace().floats(3, windows + folds.overrun());
    folds.sums(windows, weights, product.cells(), start, planes, 0, sums);
    if (activation.isPresent()) {
      activation.get().run(windows, sums, 0, sums, 0, sums, 0);
    }
    WindowTarget target = product.target();
    int to =
        result.offset()
            + target.origin()
            + group / groups * target.sampleStep()
            + channel * target.channelStep();
    for (int i = 0; i < product.rows(); i++, to += target.rowStep()) {
      copyRow(product.columns(), sums, i * shape.layout().columns(), to, target.columnStep());
    }
  }

  private void copyRow(int n, float[] sums, int from, int to, int step) {
    float[] y = result.array();
    if (step == 1) {
      System.arraycopy(sums, from, y, to, n);
    } else {
      for (int i = 0; i < n; i++) {
        y[to + i * step] = sums[from + i];
      }
    }
  }
}
