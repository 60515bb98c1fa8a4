package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.tensor.Shape;
import java.util.List;

/**
 * How a filter moves over an image; one entry of each list for each spatial axis.
 *
 * @param strides steps of the filter, 1 or more
 * @param padBefore zeros in front of the image, 0 or more
 * @param padAfter zeros behind it, 0 or more
 * @param dilations distance of the filter's cells in the image, 1 or more
 * @param groups parts into which the channels are divided; each filter sees one of them
 */
public record ConvolutionGeometry(
    List<Integer> strides,
    List<Integer> padBefore,
    List<Integer> padAfter,
    List<Integer> dilations,
    int groups) {
  public ConvolutionGeometry {
    strides = List.copyOf(strides);
    padBefore = List.copyOf(padBefore);
    padAfter = List.copyOf(padAfter);
    dilations = List.copyOf(dilations);
    int axes = strides.size();
    Arguments.require(
        axes >= 1
            && padBefore.size() == axes
            && padAfter.size() == axes
            && dilations.size() == axes
            && strides.stream().allMatch(n -> n >= 1)
            && dilations.stream().allMatch(n -> n >= 1)
            && padBefore.stream().allMatch(n -> n >= 0)
            && padAfter.stream().allMatch(n -> n >= 0)
            && groups >= 1,
        "A convolution needs strides and dilations of 1 or more, padding of 0 or more for each of the"
            + " same axes, and 1 group or more; not strides %s, padding %s before and %s after,"
            + " dilations %s, %d groups",
        strides,
        padBefore,
        padAfter,
        dilations,
        groups);
  }

  /** Number of spatial axes. */
  public int axes() {
    return strides.size();
  }

  /**
   * Shape of the result.
   *
   * @param image {@code [batch, channels, spatial...]}
   * @param filter {@code [filters, channels / groups, kernel...]}
   * @throws dev.volute.tensor.ShapeException if they do not fit each other
   */
  public Shape output(Shape image, Shape filter) {
    int axes = axes();
    Arguments.require(
        image.rank() == axes + 2 && filter.rank() == axes + 2,
        "A convolution over %d axes needs [batch, channels, spatial...] and [filters, channels /"
            + " groups, kernel...], not %s and %s",
        axes,
        image,
        filter);
    Arguments.require(
        image.dim(1) == filter.dim(1) * groups && filter.dim(0) % groups == 0,
        "A convolution in %d groups: an image of %s does not fit filters of %s; needed are %d"
            + " channels, and filters in equal parts",
        groups,
        image,
        filter,
        filter.dim(1) * groups);
    Shape result = Shape.of(image.dim(0), filter.dim(0));
    for (int axis = 0; axis < axes; axis++) {
      int span = (filter.dim(axis + 2) - 1) * dilations.get(axis) + 1;
      int padded = image.dim(axis + 2) + padBefore.get(axis) + padAfter.get(axis);
      Arguments.require(
          filter.dim(axis + 2) >= 1 && padded >= span,
          "A kernel that spans %d does not fit in spatial axis %d of %s, which is %d long with padding",
          span,
          axis,
          image,
          padded);
      result = result.append((padded - span) / strides.get(axis) + 1);
    }
    return result;
  }
}
