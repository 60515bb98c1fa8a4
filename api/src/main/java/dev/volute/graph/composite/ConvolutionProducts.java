package dev.volute.graph.composite;

import dev.volute.graph.Value;
import dev.volute.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Convolution and its gradients as matrix products with the image's windows laid out as columns.
 * Filters are {@code [filters, channels / groups, kernel...]}.
 */
record ConvolutionProducts(ConvolutionGeometry geometry, Shape image, Shape filter) {
  private int batch() {
    return image.dim(0);
  }

  private int groups() {
    return geometry.groups();
  }

  /** Filters of one group. */
  private int filters() {
    return filter.dim(0) / groups();
  }

  /** Elements of one filter. */
  private int cells() {
    return IntStream.range(1, filter.rank()).map(filter::dim).reduce(1, Math::multiplyExact);
  }

  private Shape result() {
    return geometry.output(image, filter);
  }

  /** Positions of a filter on one image. */
  private int positions() {
    Shape result = result();
    return IntStream.range(2, result.rank()).map(result::dim).reduce(1, Math::multiplyExact);
  }

  /** {@code [batch, groups, channels of a group, out..., kernel...]}. */
  private Value windows(Value x) {
    Value windows = SlidingWindows.of(geometry, filter).over(x, 0);
    return windows.reshape(grouped(windows.shape()));
  }

  /** The shape with its second axis divided into groups. */
  private Shape grouped(Shape shape) {
    Shape result = Shape.of(shape.dim(0), groups(), shape.dim(1) / groups());
    for (int axis = 2; axis < shape.rank(); axis++) {
      result = result.append(shape.dim(axis));
    }
    return result;
  }

  /** The filters as matrices {@code [batch, groups, filters of a group, cells]}. */
  private Value filterMatrices(Value w) {
    return w.reshape(Shape.of(1, groups(), filters(), cells()))
        .broadcast(Shape.of(batch(), groups(), filters(), cells()));
  }

  private Value resultMatrices(Value g) {
    return g.reshape(Shape.of(batch(), groups(), filters(), positions()));
  }

  private List<Integer> axes(int from, int count) {
    return IntStream.range(from, from + count).boxed().toList();
  }

  Value forward(Value x, Value w) {
    int spatial = geometry.axes();
    List<Integer> order = new ArrayList<>(List.of(0, 1, 2));
    order.addAll(axes(3 + spatial, spatial));
    order.addAll(axes(3, spatial));
    Value columns =
        windows(x).permute(order).reshape(Shape.of(batch(), groups(), cells(), positions()));
    return filterMatrices(w).matmul(columns).reshape(result());
  }

  Value inputGradient(Value w, Value g) {
    int spatial = geometry.axes();
    Value columns = filterMatrices(w).transpose().matmul(resultMatrices(g));
    Shape shape = Shape.of(batch(), image.dim(1));
    for (int axis = 0; axis < spatial; axis++) {
      shape = shape.append(filter.dim(axis + 2));
    }
    for (int axis = 0; axis < spatial; axis++) {
      shape = shape.append(result().dim(axis + 2));
    }
    List<Integer> order = new ArrayList<>(List.of(0, 1));
    order.addAll(axes(2 + spatial, spatial));
    order.addAll(axes(2, spatial));
    Value windows = columns.reshape(shape).permute(order);
    return SlidingWindows.of(geometry, filter).addUp(windows, image);
  }

  Value filterGradient(Value x, Value g) {
    int spatial = geometry.axes();
    List<Integer> order = new ArrayList<>(List.of(1, 0));
    order.addAll(axes(3, spatial));
    order.add(2);
    order.addAll(axes(3 + spatial, spatial));
    int rows = Math.multiplyExact(batch(), positions());
    Value windows = windows(x).permute(order).reshape(Shape.of(groups(), rows, cells()));
    Value gradients =
        resultMatrices(g).permute(List.of(1, 2, 0, 3)).reshape(Shape.of(groups(), filters(), rows));
    return gradients.matmul(windows).reshape(filter);
  }
}
