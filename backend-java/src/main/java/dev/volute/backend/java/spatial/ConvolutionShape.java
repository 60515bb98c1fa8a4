package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A convolution over two spatial axes.
 *
 * @param image {@code [batch, channels, height, width]}
 * @param filter {@code [filters, channels / groups, kernel height, kernel width]}
 */
record ConvolutionShape(ConvolutionGeometry geometry, Shape image, Shape filter) {
  Shape output() {
    return geometry.output(image, filter);
  }

  int stride(int axis) {
    return geometry.strides().get(axis);
  }

  int dilation(int axis) {
    return geometry.dilations().get(axis);
  }

  int padBefore(int axis) {
    return geometry.padBefore().get(axis);
  }

  int kernel(int axis) {
    return filter.dim(axis + 2);
  }

  int groups() {
    return geometry.groups();
  }

  /** Channels of each group of the image. */
  int groupChannels() {
    return filter.dim(1);
  }

  /** Filters of each group. */
  int groupFilters() {
    return filter.dim(0) / groups();
  }

  /** Places of a filter's cells in one channel. */
  int area() {
    return kernel(0) * kernel(1);
  }

  /** Cells of a filter. */
  int cells() {
    return filter.dim(1) * kernel(0) * kernel(1);
  }

  /**
   * How an image is laid out for the filters to slide over it.
   *
   * @param columns that each plane has at least
   */
  PlaneLayout imageLayout(int columns) {
    Shape output = output();
    return new PlaneLayout(
        image.dim(2),
        image.dim(3),
        padBefore(0),
        padBefore(1),
        Phases.of(kernel(0), dilation(0), stride(0)),
        Phases.of(kernel(1), dilation(1), stride(1)),
        (kernel(0) - 1) * dilation(0) / stride(0) + output.dim(2),
        Math.max(columns, (kernel(1) - 1) * dilation(1) / stride(1) + output.dim(3)),
        0f);
  }

  /** Where the cells of a filter's first window lie in an image's layout. */
  int[] cells(PlaneLayout layout) {
    int[] places = new int[cells()];
    int next = 0;
    for (int channel = 0; channel < groupChannels(); channel++) {
      for (int y = 0; y < kernel(0); y++) {
        for (int x = 0; x < kernel(1); x++) {
          places[next++] = channel * layout.length() + layout.at(y * dilation(0), x * dilation(1));
        }
      }
    }
    return places;
  }

  /** The products of all filters with the image's windows: the convolution itself. */
  WindowShape forward(Optional<FloatMap> activation, Machine machine) {
    Shape output = output();
    PlaneLayout layout = imageLayout(0);
    FilterPanels filters =
        FilterPanels.fitted(
            groups(),
            groupFilters(),
            groupFilters() * cells(),
            cells(),
            IntStream.range(0, cells()).toArray(),
            machine.simd().products());
    int plane = output.dim(2) * output.dim(3);
    WindowTarget target = new WindowTarget(0, output.dim(1) * plane, plane, output.dim(3), 1);
    WindowProduct product =
        new WindowProduct(
            filters,
            cells(layout),
            groupChannels() * layout.length(),
            output.dim(2),
            output.dim(3),
            target,
            activation,
            machine);
    return new WindowShape(image.dim(0), image.dim(1), layout, List.of(product));
  }

  /**
   * The products whose results are the gradient to the image. Each phase of the image modulo the
   * strides meets cells of its own and is one product over windows of the output's gradient.
   */
  WindowShape inputGradient(Machine machine) {
    Shape output = output();
    List<AxisPhase> vertical = phases(0);
    List<AxisPhase> horizontal = phases(1);
    int top = AxisPhase.before(vertical);
    int left = AxisPhase.before(horizontal);
    PlaneLayout layout =
        PlaneLayout.single(
            output.dim(2),
            output.dim(3),
            top,
            left,
            top + AxisPhase.end(vertical),
            left + AxisPhase.end(horizontal));
    List<WindowProduct> products = new ArrayList<>();
    for (AxisPhase down : vertical) {
      for (AxisPhase across : horizontal) {
        products.add(inputGradient(layout, top, left, down, across, machine));
      }
    }
    return new WindowShape(image.dim(0), filter.dim(0), layout, products);
  }

  /** Whether each filter is a tile of 3 by 3 that moves by one and sees all channels. */
  private boolean threeByThree() {
    boolean all = groups() == 1;
    for (int axis = 0; axis < 2; axis++) {
      all &= kernel(axis) == 3 && stride(axis) == 1 && dilation(axis) == 1;
    }
    return all;
  }

  /** Whether the convolution is faster in tiles. */
  boolean isTiled(Machine machine) {
    Shape output = output();
    return machine.minimalFiltering()
        && threeByThree()
        && WinogradShape.pays(
            image.dim(0), image.dim(1), filter.dim(0), output.dim(2), output.dim(3));
  }

  /** Whether the gradient to the image is faster in tiles. */
  boolean isInputGradientTiled(Machine machine) {
    return machine.minimalFiltering()
        && threeByThree()
        && WinogradShape.pays(
            image.dim(0), filter.dim(0), image.dim(1), image.dim(2), image.dim(3));
  }

  /** The convolution in tiles, if that is faster. */
  Optional<WinogradShape> winograd(Machine machine) {
    if (!isTiled(machine)) {
      return Optional.empty();
    }
    Shape output = output();
    int height = output.dim(2);
    int width = output.dim(3);
    WinogradFilters filters =
        new WinogradFilters(filter.dim(0), image.dim(1), cells(), 9, false, machine);
    return Optional.of(WinogradShape.of(image, padBefore(0), padBefore(1), filters, height, width));
  }

  /**
   * The gradient to the image in tiles, if that is faster: the filters turned over the output's.
   */
  Optional<WinogradShape> winogradInputGradient(Machine machine) {
    if (!isInputGradientTiled(machine)) {
      return Optional.empty();
    }
    Shape output = output();
    int height = image.dim(2);
    int width = image.dim(3);
    WinogradFilters filters =
        new WinogradFilters(image.dim(1), filter.dim(0), 9, cells(), true, machine);
    return Optional.of(
        WinogradShape.of(output, 2 - padBefore(0), 2 - padBefore(1), filters, height, width));
  }

  /** The phases of the image along an axis modulo its stride. */
  List<AxisPhase> phases(int axis) {
    return AxisPhase.all(
        image.dim(axis + 2), kernel(axis), stride(axis), dilation(axis), padBefore(axis));
  }

  private WindowProduct inputGradient(
      PlaneLayout layout, int top, int left, AxisPhase down, AxisPhase across, Machine machine) {
    int depth = groupFilters() * down.cells().length * across.cells().length;
    int[] places = new int[depth];
    int[] offsets = new int[depth];
    int next = 0;
    for (int f = 0; f < groupFilters(); f++) {
      for (int y = 0; y < down.cells().length; y++) {
        for (int x = 0; x < across.cells().length; x++) {
          places[next] =
              f * layout.length()
                  + (top + down.shifts()[y]) * layout.columns()
                  + left
                  + across.shifts()[x];
          offsets[next++] = f * cells() + down.cells()[y] * kernel(1) + across.cells()[x];
        }
      }
    }
    FilterPanels filters =
        FilterPanels.fitted(
            groups(),
            groupChannels(),
            groupFilters() * cells(),
            kernel(0) * kernel(1),
            offsets,
            machine.simd().products());
    int width = image.dim(3);
    int plane = image.dim(2) * width;
    WindowTarget target =
        new WindowTarget(
            down.phase() * width + across.phase(),
            image.dim(1) * plane,
            plane,
            stride(0) * width,
            stride(1));
    return new WindowProduct(
        filters,
        places,
        groupFilters() * layout.length(),
        down.length(),
        across.length(),
        target,
        Optional.empty(),
        machine);
  }
}
