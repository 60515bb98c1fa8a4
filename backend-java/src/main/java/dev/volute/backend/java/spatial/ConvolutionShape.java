package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Machine;
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
  WindowShape forward(Machine machine) {
    Shape output = output();
    PlaneLayout layout =
        windowLayout(
            image,
            padBefore(0),
            padBefore(1),
            Phases.offsets(kernel(0), dilation(0)),
            Phases.offsets(kernel(1), dilation(1)),
            stride(0),
            stride(1),
            output.dim(2),
            output.dim(3),
            machine);
    return forward(layout, machine);
  }

  /** The same, with the windows of whole rows side by side, and a few between the rows. */
  WindowShape slidingForward(Machine machine) {
    return forward(imageLayout(0), machine);
  }

  private WindowShape forward(PlaneLayout layout, Machine machine) {
    Shape output = output();
    FilterPanels filters =
        FilterPanels.fitted(
            groups(),
            groupFilters(),
            groupFilters() * cells(),
            cells(),
            IntStream.range(0, cells()).toArray(),
            machine.simd().windowProducts());
    int plane = output.dim(2) * output.dim(3);
    WindowTarget target = new WindowTarget(0, output.dim(1) * plane, plane, output.dim(3), 1);
    WindowProduct product =
        new WindowProduct(
            filters,
            layout,
            cells(layout),
            groupChannels(),
            output.dim(2),
            output.dim(3),
            target,
            machine);
    return new WindowShape(image.dim(0), image.dim(1), layout, List.of(product));
  }

  /**
   * How an image is laid out for all windows of a sample to lie side by side: a plane for each
   * column of cells, as wide as there are windows. If the windows of a sample leave much of a tile
   * empty, those of several samples lie side by side, which takes a plane for each cell.
   *
   * @param down where rows of cells begin
   * @param across where columns of cells begin
   */
  private static PlaneLayout windowLayout(
      Shape image,
      int top,
      int left,
      int[] down,
      int[] across,
      int downStride,
      int acrossStride,
      int rows,
      int columns,
      Machine machine) {
    Phases horizontal = Phases.each(across, acrossStride);
    Phases single = Phases.each(down, downStride);
    int unit = machine.simd().windowProducts().unit();
    int windows = rows * columns;
    int planes = single.count() * horizontal.count();
    int block = WindowShape.block(image.dim(0), image.dim(1) * planes * windows);
    int alone = (windows + unit - 1) / unit * block;
    int together = (block * windows + unit - 1) / unit;
    boolean joins = 4 * alone > 5 * together;
    Phases vertical = joins ? single : Phases.of(down, downStride);
    int last = IntStream.of(down).map(vertical::place).max().orElse(0);
    return new PlaneLayout(
        image.dim(2),
        image.dim(3),
        top,
        left,
        vertical,
        horizontal,
        last + rows,
        columns,
        0f,
        (joins ? block : 1) * (last + rows) * columns);
  }

  /**
   * The products whose results are the gradient to the image. Each phase of the image modulo the
   * strides meets cells of its own and is one product over windows of the output's gradient.
   */
  WindowShape inputGradient(Machine machine) {
    List<AxisPhase> vertical = phases(0);
    List<AxisPhase> horizontal = phases(1);
    int top = AxisPhase.before(vertical);
    int left = AxisPhase.before(horizontal);
    PlaneLayout layout =
        windowLayout(
            output(),
            top,
            left,
            shifts(vertical, top),
            shifts(horizontal, left),
            1,
            1,
            longest(vertical),
            longest(horizontal),
            machine);
    return inputGradient(layout, machine);
  }

  /** The same, with the windows of whole rows side by side, and a few between the rows. */
  WindowShape slidingInputGradient(Machine machine) {
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
    return inputGradient(layout, machine);
  }

  private static int[] shifts(List<AxisPhase> phases, int before) {
    return phases.stream()
        .flatMapToInt(phase -> IntStream.of(phase.shifts()))
        .map(shift -> before + shift)
        .toArray();
  }

  private static int longest(List<AxisPhase> phases) {
    return phases.stream().mapToInt(AxisPhase::length).max().orElse(0);
  }

  private WindowShape inputGradient(PlaneLayout layout, Machine machine) {
    List<WindowProduct> products = new ArrayList<>();
    for (AxisPhase down : phases(0)) {
      for (AxisPhase across : phases(1)) {
        products.add(inputGradient(layout, down, across, machine));
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
      PlaneLayout layout, AxisPhase down, AxisPhase across, Machine machine) {
    int depth = groupFilters() * down.cells().length * across.cells().length;
    int[] places = new int[depth];
    int[] offsets = new int[depth];
    int next = 0;
    for (int f = 0; f < groupFilters(); f++) {
      for (int y = 0; y < down.cells().length; y++) {
        for (int x = 0; x < across.cells().length; x++) {
          places[next] =
              f * layout.length()
                  + layout.at(layout.top() + down.shifts()[y], layout.left() + across.shifts()[x]);
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
            machine.simd().windowProducts());
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
        filters, layout, places, groupFilters(), down.length(), across.length(), target, machine);
  }
}
