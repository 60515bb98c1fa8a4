package dev.volute.graph.composite;

import dev.volute.graph.Slice;
import dev.volute.graph.Value;
import dev.volute.graph.ViewOp;
import dev.volute.graph.Window;
import dev.volute.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Windows that slide over the spatial axes of a padded image {@code [batch, channels, spatial...]};
 * one entry of each list for each of these axes.
 */
record SlidingWindows(
    List<Integer> sizes,
    List<Integer> strides,
    List<Integer> dilations,
    List<Integer> padBefore,
    List<Integer> padAfter) {

  /** The windows of filters {@code [filters, channels / groups, kernel...]}. */
  static SlidingWindows of(ConvolutionGeometry geometry, Shape filter) {
    List<Integer> sizes = new ArrayList<>();
    for (int axis = 2; axis < filter.rank(); axis++) {
      sizes.add(filter.dim(axis));
    }
    return new SlidingWindows(
        sizes, geometry.strides(), geometry.dilations(), geometry.padBefore(), geometry.padAfter());
  }

  static SlidingWindows of(PoolGeometry geometry) {
    return new SlidingWindows(
        geometry.window(),
        geometry.strides(),
        geometry.window().stream().map(length -> 1).toList(),
        geometry.padBefore(),
        geometry.padAfter());
  }

  private List<ViewOp> steps() {
    List<ViewOp> steps = new ArrayList<>();
    for (int axis = 0; axis < sizes.size(); axis++) {
      steps.add(new Window(axis + 2, sizes.get(axis), strides.get(axis), dilations.get(axis)));
    }
    return steps;
  }

  /** All windows over an image: {@code [batch, channels, out..., size...]}. */
  Value over(Value image, double padding) {
    Value windows = image;
    for (int axis = 0; axis < sizes.size(); axis++) {
      windows = windows.pad(axis + 2, padBefore.get(axis), padAfter.get(axis), padding);
    }
    for (ViewOp step : steps()) {
      windows = windows.apply(step);
    }
    return windows;
  }

  /**
   * The adjoint of {@link #over}: an image to whose cells the windows {@code [batch, channels,
   * out..., size...]} were added where they lie. What falls on the padding is dropped.
   */
  Value addUp(Value windows, Shape image) {
    Shape padded = image;
    for (int axis = 0; axis < sizes.size(); axis++) {
      padded =
          padded.with(axis + 2, padBefore.get(axis) + image.dim(axis + 2) + padAfter.get(axis));
    }
    Value sum = windows.filled(padded, 0).accumulate(steps(), windows);
    for (int axis = 0; axis < sizes.size(); axis++) {
      int from = padBefore.get(axis);
      int to = from + image.dim(axis + 2);
      if (to - from < padded.dim(axis + 2)) {
        sum = sum.apply(new Slice(axis + 2, from, to, 1));
      }
    }
    return sum;
  }
}
