package dev.volute.nn;

import dev.volute.graph.Value;
import dev.volute.graph.composite.AveragePool;
import dev.volute.graph.composite.MaxPool;
import dev.volute.graph.composite.PoolGeometry;
import dev.volute.tensor.Shape;
import java.util.List;

/**
 * Down-sampling of images by a sliding window: {@code [batch, channels, height, width]}, each
 * channel by itself.
 *
 * @param average the mean of the window instead of its largest value
 * @param countPadding for the mean: divide by the window's size also where it hangs over the edge
 */
public record Pool2d(boolean average, int window, int stride, Padding padding, boolean countPadding)
    implements Layer {
  public Pool2d {
    Layers.requirePositive(average ? "averagePool2d" : "maxPool2d", "window", window);
    Layers.requirePositive(average ? "averagePool2d" : "maxPool2d", "stride", stride);
  }

  public Pool2d stride(int newStride) {
    return new Pool2d(average, window, newStride, padding, countPadding);
  }

  public Pool2d padding(Padding newPadding) {
    return new Pool2d(average, window, stride, newPadding, countPadding);
  }

  /** Divides the mean by the cells inside the image only. */
  public Pool2d withoutCountingPadding() {
    return new Pool2d(average, window, stride, padding, false);
  }

  @Override
  public String kind() {
    return average ? "averagepool2d" : "maxpool2d";
  }

  @Override
  public Value apply(Value x, LayerScope scope) {
    return scope.within(
        () -> {
          Shape input = Layers.image(x, scope);
          int[] vertical = padding.amounts(0, input.dim(2), window, stride);
          int[] horizontal = padding.amounts(1, input.dim(3), window, stride);
          Layers.requireFit(scope, "window", input, window, window, vertical, horizontal);
          PoolGeometry geometry =
              new PoolGeometry(
                  List.of(window, window),
                  List.of(stride, stride),
                  List.of(vertical[0], horizontal[0]),
                  List.of(vertical[1], horizontal[1]));
          return average
              ? x.apply(new AveragePool(geometry, countPadding))
              : x.apply(new MaxPool(geometry, true));
        });
  }

  @Override
  public String toString() {
    StringBuilder text =
        new StringBuilder(average ? "averagePool2d(" : "maxPool2d(").append(window);
    text.append(stride == window ? "" : ", stride " + stride);
    return text.append(padding.equals(Padding.valid()) ? ")" : ", padding " + padding + ")")
        .toString();
  }
}
