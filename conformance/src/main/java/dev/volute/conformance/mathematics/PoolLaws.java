package dev.volute.conformance.mathematics;

import dev.volute.conformance.planned.PlannedGraph;
import dev.volute.conformance.rule.CheckList;
import dev.volute.conformance.rule.Rule;
import dev.volute.conformance.rule.Subject;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.AveragePool;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.graph.composite.MaxPool;
import dev.volute.graph.composite.PoolGeometry;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Laws of pooling. */
public final class PoolLaws {
  private PoolLaws() {}

  public static void addTo(CheckList checks) {
    for (int window : new int[] {1, 2, 3, 5}) {
      checks.add(
          Rule.MATH_4,
          "windows of %dx%d".formatted(window, window),
          subject -> average(window, checks.seed(), subject));
      checks.add(
          Rule.MATH_5,
          "windows of %dx%d".formatted(window, window),
          subject -> order(window, checks.seed(), subject));
    }
  }

  private static void average(int window, long seed, Subject subject) {
    int channels = 3;
    Tensor image = Numbers.random(seed, 2, channels, 13, 17);
    List<Integer> steps = List.of(2, 1);
    List<Integer> pads = List.of(window / 2, window - 1);
    AveragePool pool =
        new AveragePool(new PoolGeometry(List.of(window, window), steps, pads, pads), true);
    Convolution convolution =
        new Convolution(
            new ConvolutionGeometry(steps, pads, pads, List.of(1, 1), channels),
            false,
            Activation.IDENTITY);
    double[] weights = new double[channels * window * window];
    Arrays.fill(weights, 1.0 / (window * window));
    Tensor filters = Numbers.of(Shape.of(channels, 1, window, window), weights);
    List<Tensor> results =
        PlannedGraph.run(
            subject.backend(),
            List.of(image, filters),
            values ->
                List.of(
                    values.get(0).apply(convolution, values.get(1)), values.get(0).apply(pool)));
    Numbers.requireNear(Rule.MATH_4, "mean", results.get(0), results.get(1), window * window);
  }

  private static void order(int window, long seed, Subject subject) {
    int size = 4 * window;
    Tensor image = Numbers.random(seed, 1, 1, size, size);
    Tensor mixed = Numbers.random(seed, 1, 1, size, size);
    Random random = new Random(seed);
    Integer[] places = new Integer[window * window];
    for (int i = 0; i < places.length; i++) {
      places[i] = i;
    }
    for (int row = 0; row < size; row += window) {
      for (int column = 0; column < size; column += window) {
        Collections.shuffle(Arrays.asList(places), random);
        for (int i = 0; i < places.length; i++) {
          int from = (row + i / window) * size + column + i % window;
          int to = (row + places[i] / window) * size + column + places[i] % window;
          mixed.floats()[to] = image.floats()[from];
        }
      }
    }
    List<Integer> lengths = List.of(window, window);
    MaxPool pool =
        new MaxPool(new PoolGeometry(lengths, lengths, List.of(0, 0), List.of(0, 0)), false);
    List<Tensor> results =
        PlannedGraph.run(
            subject.backend(),
            List.of(image, mixed),
            values -> List.of(values.get(0).apply(pool), values.get(1).apply(pool)));
    Numbers.requireNear(Rule.MATH_5, "maximum", results.get(0), results.get(1), 0);
  }
}
