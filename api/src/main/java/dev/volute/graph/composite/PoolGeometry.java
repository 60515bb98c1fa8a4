package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.tensor.Shape;
import java.util.List;

/**
 * How a pooling window moves over an image; one entry of each list for each spatial axis.
 *
 * @param window lengths of the window, 1 or more
 * @param strides its steps, 1 or more
 * @param padBefore cells in front of the image, fewer than the window's
 * @param padAfter cells behind it, fewer than the window's
 */
public record PoolGeometry(
    List<Integer> window, List<Integer> strides, List<Integer> padBefore, List<Integer> padAfter) {
  public PoolGeometry {
    window = List.copyOf(window);
    strides = List.copyOf(strides);
    padBefore = List.copyOf(padBefore);
    padAfter = List.copyOf(padAfter);
    int axes = window.size();
    boolean fits =
        axes >= 1
            && strides.size() == axes
            && padBefore.size() == axes
            && padAfter.size() == axes
            && strides.stream().allMatch(n -> n >= 1);
    for (int axis = 0; fits && axis < axes; axis++) {
      fits =
          window.get(axis) >= 1
              && padBefore.get(axis) >= 0
              && padBefore.get(axis) < window.get(axis)
              && padAfter.get(axis) >= 0
              && padAfter.get(axis) < window.get(axis);
    }
    Arguments.require(
        fits,
        "Pooling needs a window and strides of 1 or more and padding from 0 to less than the window for"
            + " each of the same axes; not window %s, strides %s, padding %s before and %s after",
        window,
        strides,
        padBefore,
        padAfter);
  }

  /** Number of spatial axes. */
  public int axes() {
    return window.size();
  }

  /** Number of cells in the window. */
  public int cells() {
    return window.stream().reduce(1, Math::multiplyExact);
  }

  /**
   * Shape of the result.
   *
   * @param image {@code [batch, channels, spatial...]}
   * @throws dev.volute.tensor.ShapeException if the window does not fit in
   */
  public Shape output(Shape image) {
    Arguments.require(
        image.rank() == axes() + 2,
        "Pooling over %d axes needs [batch, channels, spatial...], not %s",
        axes(),
        image);
    Shape result = image.slice(0, 2);
    for (int axis = 0; axis < axes(); axis++) {
      int padded = image.dim(axis + 2) + padBefore.get(axis) + padAfter.get(axis);
      Arguments.require(
          padded >= window.get(axis),
          "A window of %s does not fit in %s, which is %d long in spatial axis %d with padding",
          window,
          image,
          padded,
          axis);
      result = result.append((padded - window.get(axis)) / strides.get(axis) + 1);
    }
    return result;
  }
}
