package dev.volute.backend.java.spatial;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.volute.backend.java.OpRunner;
import dev.volute.graph.composite.AveragePool;
import dev.volute.graph.composite.AveragePoolGradient;
import dev.volute.graph.composite.MaxPool;
import dev.volute.graph.composite.MaxPoolGradient;
import dev.volute.graph.composite.PoolGeometry;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolingTest {
  private record Case(int planes, int height, int width, PoolGeometry geometry) {
    Shape image() {
      return Shape.of(planes, 1, height, width);
    }

    Shape output() {
      return geometry.output(image());
    }

    /** Place in the image of a window's cell; -1 in the padding. */
    int place(int window, int cell) {
      Shape output = output();
      int plane = window / (output.dim(2) * output.dim(3));
      int y =
          window / output.dim(3) % output.dim(2) * geometry.strides().get(0)
              - geometry.padBefore().get(0)
              + cell / geometry.window().get(1);
      int x =
          window % output.dim(3) * geometry.strides().get(1)
              - geometry.padBefore().get(1)
              + cell % geometry.window().get(1);
      boolean inside = y >= 0 && y < height && x >= 0 && x < width;
      return inside ? (plane * height + y) * width + x : -1;
    }
  }

  private static Case of(
      int planes, int height, int width, int window, int stride, int before, int after) {
    return new Case(
        planes,
        height,
        width,
        new PoolGeometry(
            List.of(window, window),
            List.of(stride, stride),
            List.of(before, before),
            List.of(after, after)));
  }

  @ParameterizedTest
  @CsvSource({
    "1,2,2,2,2,0,0",
    "40,24,24,2,2,0,0",
    "50,8,8,2,2,0,0",
    "3,6,2,2,2,0,0",
    "2,10,70,2,2,0,0",
    "7,4,36,2,2,0,0",
    "1,4100,6,2,2,0,0",
    "3,7,13,2,2,0,1",
    "5,17,7,3,2,1,1",
    "2,13,31,3,1,1,1",
    "3,7,7,7,7,0,0",
    "2,9,10,5,3,4,2",
    "2,8,9,2,3,1,0",
    "0,8,9,2,2,0,0"
  })
  void matchWindowsOneByOne(
      int planes, int height, int width, int window, int stride, int before, int after) {
    check(of(planes, height, width, window, stride, before, after));
  }

  @Test
  void axesDiffer() {
    PoolGeometry geometry =
        new PoolGeometry(List.of(3, 2), List.of(1, 4), List.of(2, 0), List.of(0, 1));
    check(new Case(3, 11, 17, geometry));
  }

  private static void check(Case it) {
    Tensor x = OpRunner.random(1, it.image().toArray());
    Tensor g = OpRunner.random(2, it.output().toArray());
    int cells = it.geometry.cells();
    double[] largest = new double[g.length()];
    int[] places = new int[g.length()];
    double[] dLargest = new double[x.length()];
    double[][] means = new double[2][g.length()];
    double[][] dMeans = new double[2][x.length()];
    for (int i = 0; i < g.length(); i++) {
      largest[i] = Double.NEGATIVE_INFINITY;
      double sum = 0;
      int inside = 0;
      for (int cell = 0; cell < cells; cell++) {
        int place = it.place(i, cell);
        if (place >= 0) {
          sum += x.get(place);
          inside++;
          if (x.get(place) > largest[i]) {
            largest[i] = x.get(place);
            places[i] = cell;
          }
        }
      }
      means[0][i] = sum / inside;
      means[1][i] = sum / cells;
      dLargest[it.place(i, places[i])] += g.get(i);
      for (int cell = 0; cell < cells; cell++) {
        int place = it.place(i, cell);
        if (place >= 0) {
          dMeans[0][place] += g.get(i) / inside;
          dMeans[1][place] += g.get(i) / cells;
        }
      }
    }
    OpRunner runner = OpRunner.java(2);
    List<Tensor> pooled = runner.run(new MaxPool(it.geometry, true), x);
    for (int i = 0; i < g.length(); i++) {
      assertEquals(largest[i], pooled.get(0).get(i), "maximum " + i);
      assertEquals(places[i], pooled.get(1).get(i), "place " + i);
    }
    assertEquals(
        pooled.get(0), runner.run(new MaxPool(it.geometry, false), x).get(0), "without places");
    MaxPoolGradient back = new MaxPoolGradient(it.geometry, it.image());
    close(dLargest, runner.run(back, pooled.get(1), g).get(0), "gradient of the maximum");
    for (int counted = 0; counted < 2; counted++) {
      AveragePool mean = new AveragePool(it.geometry, counted == 1);
      close(means[counted], runner.run(mean, x).get(0), mean.toString());
      AveragePoolGradient spread = new AveragePoolGradient(it.geometry, counted == 1, it.image());
      close(dMeans[counted], runner.run(spread, g).get(0), spread.toString());
    }
  }

  private static void close(double[] expected, Tensor actual, String what) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual.get(i), 5e-6, what + " at " + i);
    }
  }

  @Test
  void nanIsLargestAndTheFirstOfEqualsCounts() {
    float nan = Float.NaN;
    float infinity = Float.POSITIVE_INFINITY;
    largest(1, 1, nan, 2, infinity);
    largest(0, -nan, 1, nan, 2);
    largest(3, -infinity, infinity, 3, nan);
    largest(1, -3, infinity, infinity, 3);
    largest(0, -0f, 0, -1, -2);
    largest(0, 0, -0f, 0, 0);
    largest(0, Float.MIN_VALUE, 0, -Float.MIN_VALUE, -1);
    largest(2, -2, -3, -1, -1);
    largest(0, 7, 7, 7, 7);
  }

  private static void largest(int place, float... image) {
    Tensor x = Tensor.of(Shape.of(1, 1, 2, 2), image);
    for (int pad = 0; pad <= 1; pad++) {
      Case it = of(1, 2, 2, 2 + pad, 3, pad, pad);
      List<Tensor> pooled = OpRunner.java(1).run(new MaxPool(it.geometry, true), x);
      assertEquals(image[place] + 0f, pooled.get(0).get(0), "maximum of " + x);
      int padded = place + pad * (4 + place / 2);
      assertEquals(padded, pooled.get(1).get(0), "place in " + x + " with padding " + pad);
    }
  }

  /** Where all is minus infinity, padding counts too. */
  @Test
  void paddingIsMinusInfinity() {
    float low = Float.NEGATIVE_INFINITY;
    Tensor x = Tensor.of(Shape.of(1, 1, 2, 2), low, low, low, low);
    List<Tensor> pooled =
        OpRunner.java(1).run(new MaxPool(of(1, 2, 2, 3, 3, 1, 1).geometry, true), x);
    assertEquals(low, pooled.get(0).get(0));
    assertEquals(0, pooled.get(1).get(0));
  }

  @Test
  void threadsChangeNoBit() {
    Case it = of(100, 13, 17, 3, 1, 1, 1);
    Tensor x = OpRunner.random(1, it.image().toArray());
    Tensor g = OpRunner.random(2, it.output().toArray());
    OpRunner one = OpRunner.java(1);
    List<Tensor> pooled = one.run(new MaxPool(it.geometry, true), x);
    AveragePoolGradient spread = new AveragePoolGradient(it.geometry, false, it.image());
    MaxPoolGradient back = new MaxPoolGradient(it.geometry, it.image());
    for (int threads = 2; threads <= 4; threads++) {
      OpRunner more = OpRunner.java(threads);
      assertEquals(pooled, more.run(new MaxPool(it.geometry, true), x));
      assertEquals(one.run(spread, g), more.run(spread, g));
      assertEquals(one.run(back, pooled.get(1), g), more.run(back, pooled.get(1), g));
    }
  }
}
