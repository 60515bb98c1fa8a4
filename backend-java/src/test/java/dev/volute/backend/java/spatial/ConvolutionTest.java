package dev.volute.backend.java.spatial;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.volute.backend.java.OpRunner;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionFilterGradient;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvolutionTest {
  /** Visits every product of the sum: places in image, filter and result. */
  private interface Visitor {
    void visit(int image, int filter, int result);
  }

  private record Case(Shape image, Shape filter, ConvolutionGeometry geometry, Shape result) {
    static Case of(
        int n, int c, int h, int w, int f, int kh, int kw, ConvolutionGeometry geometry) {
      Shape image = Shape.of(n, c, h, w);
      Shape filter = Shape.of(f, c / geometry.groups(), kh, kw);
      return new Case(image, filter, geometry, geometry.output(image, filter));
    }

    void each(Visitor visitor) {
      for (int n = 0; n < image.dim(0); n++) {
        for (int f = 0; f < filter.dim(0); f++) {
          for (int oy = 0; oy < result.dim(2); oy++) {
            for (int ox = 0; ox < result.dim(3); ox++) {
              int at = ((n * result.dim(1) + f) * result.dim(2) + oy) * result.dim(3) + ox;
              window(n, f, oy, ox, at, visitor);
            }
          }
        }
      }
    }

    private void window(int n, int f, int oy, int ox, int result, Visitor visitor) {
      int group = f / (filter.dim(0) / geometry.groups());
      for (int c = 0; c < filter.dim(1); c++) {
        int channel = n * image.dim(1) + group * filter.dim(1) + c;
        for (int ky = 0; ky < filter.dim(2); ky++) {
          int y = place(0, oy, ky);
          for (int kx = 0; kx < filter.dim(3); kx++) {
            int x = place(1, ox, kx);
            if (y >= 0 && y < image.dim(2) && x >= 0 && x < image.dim(3)) {
              visitor.visit(
                  (channel * image.dim(2) + y) * image.dim(3) + x,
                  ((f * filter.dim(1) + c) * filter.dim(2) + ky) * filter.dim(3) + kx,
                  result);
            }
          }
        }
      }
    }

    private int place(int axis, int window, int cell) {
      return window * geometry.strides().get(axis)
          - geometry.padBefore().get(axis)
          + cell * geometry.dilations().get(axis);
    }
  }

  private static ConvolutionGeometry geometry(int stride, int pad, int dilation, int groups) {
    return new ConvolutionGeometry(
        List.of(stride, stride),
        List.of(pad, pad),
        List.of(pad, pad),
        List.of(dilation, dilation),
        groups);
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,5,5,1,3,3,1,0,1,1",
    "3,1,28,28,20,5,5,1,0,1,1",
    "2,20,12,12,50,5,5,1,0,1,1",
    "2,3,13,17,7,3,3,2,1,1,1",
    "5,4,9,7,6,3,2,1,2,2,2",
    "2,8,7,7,8,3,3,1,1,1,8",
    "1,64,7,7,65,1,1,1,0,1,1",
    "2,31,8,9,17,1,1,2,0,1,1",
    "1,3,31,31,13,7,7,3,3,1,1",
    "2,2,3,3,2,2,2,1,5,1,1",
    "1,70,6,6,9,3,3,1,1,1,1",
    "9,1,64,3,1,2,1,1,0,1,1",
    "2,60,8,8,17,3,3,1,1,1,1",
    "40,13,2,2,4,2,2,1,0,1,1",
    "2,3,17,13,5,2,3,4,2,1,1",
    "2,6,17,13,4,3,3,2,2,3,2",
    "1,2,100,1,3,31,1,1,0,1,1",
    "2,8,17,13,6,3,3,2,4,3,1",
    "2,10,13,17,14,3,4,3,2,2,2",
    "3,13,7,7,17,7,7,1,0,1,1",
    "2,17,17,31,31,3,3,1,1,1,1",
    "3,16,13,14,65,3,3,1,0,1,1",
    "5,31,8,9,16,3,3,1,3,1,1",
    "20,100,4,4,17,3,3,1,1,1,1",
    "1,65,3,3,100,3,3,1,1,1,1",
    "70,6,5,5,21,2,2,1,0,1,1",
    "9,6,7,6,18,3,2,1,2,1,2",
    "5,4,13,12,21,3,3,2,0,1,1",
    "7,12,11,11,20,5,5,1,0,1,4",
    "3,5,9,8,17,2,3,1,1,2,1"
  })
  void matchesDoubleLoops(
      int n,
      int c,
      int h,
      int w,
      int f,
      int kh,
      int kw,
      int stride,
      int pad,
      int dilation,
      int groups) {
    check(Case.of(n, c, h, w, f, kh, kw, geometry(stride, pad, dilation, groups)));
  }

  @Test
  void axesDiffer() {
    List<Integer> strides = List.of(2, 3);
    List<Integer> before = List.of(0, 3);
    List<Integer> after = List.of(4, 1);
    List<Integer> dilations = List.of(3, 1);
    check(
        Case.of(
            2, 4, 19, 23, 6, 2, 5, new ConvolutionGeometry(strides, before, after, dilations, 2)));
  }

  @Test
  void aBatchMayBeEmpty() {
    check(Case.of(0, 3, 7, 7, 5, 3, 3, geometry(1, 1, 1, 1)));
  }

  private static void check(Case it) {
    int f = it.filter.dim(0);
    Tensor x = OpRunner.random(1, it.image.toArray());
    Tensor k = OpRunner.random(2, it.filter.toArray());
    Tensor b = OpRunner.random(3, f);
    Tensor g = OpRunner.random(4, it.result.toArray());
    double[] y = new double[g.length()];
    double[] dx = new double[x.length()];
    double[] dk = new double[k.length()];
    it.each(
        (image, filter, result) -> {
          y[result] += x.get(image) * k.get(filter);
          dx[image] += g.get(result) * k.get(filter);
          dk[filter] += g.get(result) * x.get(image);
        });
    int plane = it.result.dim(2) * it.result.dim(3);
    double[] finished = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      finished[i] = Math.max(0, y[i] + b.get(i / plane % f));
    }
    Convolution bare = new Convolution(it.geometry, false, Activation.IDENTITY);
    Convolution fused = new Convolution(it.geometry, true, Activation.RELU);
    ConvolutionInputGradient input = new ConvolutionInputGradient(it.geometry, it.image);
    ConvolutionFilterGradient filter = new ConvolutionFilterGradient(it.geometry, it.filter);
    OpRunner two = OpRunner.java(2);
    close(y, two.run(bare, x, k).get(0), "y");
    close(finished, two.run(fused, x, k, b).get(0), "y with bias and ReLU");
    OpRunner constants = two.withConstants();
    close(finished, constants.run(fused, x, k, b).get(0), "y with constant filters");
    close(dx, two.run(input, k, g).get(0), "dx");
    close(dx, constants.run(input, k, g).get(0), "dx with constant filters");
    close(dk, two.run(filter, x, g).get(0), "dk");
  }

  private static void close(double[] expected, Tensor actual, String what) {
    double largest = 1;
    for (double each : expected) {
      largest = Math.max(largest, Math.abs(each));
    }
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual.get(i), 1e-5 * largest, what + " at " + i);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "9,6,13,14,10,3,1,1,1",
    "1,100,20,20,64,3,1,1,1",
    "5,8,9,11,12,3,2,1,4",
    "1,65,12,12,50,5,1,0,1",
    "2,8,13,17,12,3,2,1,1"
  })
  void threadsChangeNoBit(
      int n, int c, int h, int w, int f, int k, int stride, int pad, int groups) {
    Case it = Case.of(n, c, h, w, f, k, k, geometry(stride, pad, 1, groups));
    Tensor x = OpRunner.random(1, it.image.toArray());
    Tensor filters = OpRunner.random(2, it.filter.toArray());
    Tensor g = OpRunner.random(4, it.result.toArray());
    Convolution forward = new Convolution(it.geometry, false, Activation.TANH);
    ConvolutionFilterGradient filter = new ConvolutionFilterGradient(it.geometry, it.filter);
    ConvolutionInputGradient input = new ConvolutionInputGradient(it.geometry, it.image);
    OpRunner one = OpRunner.java(1);
    for (int threads = 2; threads <= 4; threads++) {
      OpRunner more = OpRunner.java(threads);
      assertEquals(one.run(forward, x, filters), more.run(forward, x, filters));
      assertEquals(one.run(filter, x, g), more.run(filter, x, g));
      assertEquals(one.run(input, filters, g), more.run(input, filters, g));
    }
  }
}
