package dev.volute.backend.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionFilterGradient;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvolutionTest {
  /** Visits every product of the sum: places in image, filter and result. */
  private interface Visitor {
    void visit(int image, int filter, int result);
  }

  private record Case(Shape image, Shape filter, ConvolutionGeometry geometry, Shape result) {
    static Case of(
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
      ConvolutionGeometry geometry =
          new ConvolutionGeometry(
              List.of(stride, stride),
              List.of(pad, pad + 1),
              List.of(pad, pad),
              List.of(dilation, dilation),
              groups);
      Shape image = Shape.of(n, c, h, w);
      Shape filter = Shape.of(f, c / groups, kh, kw);
      return new Case(image, filter, geometry, geometry.output(image, filter));
    }

    void each(Visitor visitor) {
      int groups = geometry.groups();
      int filters = filter.dim(0) / groups;
      for (int n = 0; n < image.dim(0); n++) {
        for (int f = 0; f < filter.dim(0); f++) {
          for (int oy = 0; oy < result.dim(2); oy++) {
            for (int ox = 0; ox < result.dim(3); ox++) {
              for (int c = 0; c < filter.dim(1); c++) {
                for (int ky = 0; ky < filter.dim(2); ky++) {
                  for (int kx = 0; kx < filter.dim(3); kx++) {
                    int y =
                        oy * geometry.strides().get(0)
                            - geometry.padBefore().get(0)
                            + ky * geometry.dilations().get(0);
                    int x =
                        ox * geometry.strides().get(1)
                            - geometry.padBefore().get(1)
                            + kx * geometry.dilations().get(1);
                    if (y < 0 || y >= image.dim(2) || x < 0 || x >= image.dim(3)) {
                      continue;
                    }
                    int channel = f / filters * filter.dim(1) + c;
                    visitor.visit(
                        ((n * image.dim(1) + channel) * image.dim(2) + y) * image.dim(3) + x,
                        ((f * filter.dim(1) + c) * filter.dim(2) + ky) * filter.dim(3) + kx,
                        ((n * filter.dim(0) + f) * result.dim(2) + oy) * result.dim(3) + ox);
                  }
                }
              }
            }
          }
        }
      }
    }
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
    "1,3,31,31,13,7,7,3,3,1,1",
    "2,2,3,3,2,2,2,1,5,1,1",
    "1,70,6,6,9,3,3,1,1,1,1",
    "9,1,64,3,1,2,1,1,0,1,1",
    "2,60,8,8,17,3,3,1,1,1,1",
    "2,16,17,13,20,3,3,1,1,1,1",
    "1,64,14,14,65,3,3,1,0,1,1",
    "7,31,31,7,17,3,3,1,2,1,1"
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
    Case it = Case.of(n, c, h, w, f, kh, kw, stride, pad, dilation, groups);
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
    for (int i = 0; i < y.length; i++) {
      y[i] = Math.max(0, y[i] + b.get(i / plane % f));
    }
    for (String level : List.of("baseline", "avx2", "")) {
      OpRunner runner = new OpRunner(level, 2);
      close(
          y,
          runner.run(new Convolution(it.geometry, true, Activation.RELU), x, k, b).get(0),
          level + " y");
      close(
          y,
          runner
              .withConstants()
              .run(new Convolution(it.geometry, true, Activation.RELU), x, k, b)
              .get(0),
          level + " y with packed filters");
      close(
          dx,
          runner.run(new ConvolutionInputGradient(it.geometry, it.image), k, g).get(0),
          level + " dx");
      close(
          dk,
          runner.run(new ConvolutionFilterGradient(it.geometry, it.filter), x, g).get(0),
          level + " dk");
    }
  }

  private static void close(double[] expected, Tensor actual, String what) {
    double largest = 1;
    for (double each : expected) {
      largest = Math.max(largest, Math.abs(each));
    }
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual.get(i), 2e-5 * largest, what + " at " + i);
    }
  }

  @ParameterizedTest
  @CsvSource({"9,6,10", "1,64,65", "5,13,100"})
  void threadsDoNotChangeABit(int n, int c, int f) {
    Case it = Case.of(n, c, 13, 14, f, 3, 3, 1, 1, 1, 1);
    Tensor x = OpRunner.random(1, it.image.toArray());
    Tensor k = OpRunner.random(2, it.filter.toArray());
    Tensor g = OpRunner.random(4, it.result.toArray());
    OpRunner one = new OpRunner("", 1);
    for (int threads = 2; threads <= 3; threads++) {
      OpRunner more = new OpRunner("", threads);
      Convolution forward = new Convolution(it.geometry, false, Activation.IDENTITY);
      assertEquals(one.run(forward, x, k), more.run(forward, x, k));
      ConvolutionFilterGradient filter = new ConvolutionFilterGradient(it.geometry, it.filter);
      assertEquals(one.run(filter, x, g), more.run(filter, x, g));
      ConvolutionInputGradient input = new ConvolutionInputGradient(it.geometry, it.image);
      assertEquals(one.run(input, k, g), more.run(input, k, g));
    }
  }
}
