package dev.volute.backend.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.volute.graph.Op;
import dev.volute.graph.Reduce;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.AdamUpdate;
import dev.volute.graph.composite.AveragePool;
import dev.volute.graph.composite.AveragePoolGradient;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.graph.composite.Dropout;
import dev.volute.graph.composite.Linear;
import dev.volute.graph.composite.MaxPool;
import dev.volute.graph.composite.MaxPoolGradient;
import dev.volute.graph.composite.PoolGeometry;
import dev.volute.graph.composite.SgdUpdate;
import dev.volute.graph.composite.Softmax;
import dev.volute.graph.composite.SoftmaxCrossEntropy;
import dev.volute.graph.composite.SoftmaxCrossEntropyGradient;
import dev.volute.graph.composite.SoftmaxGradient;
import dev.volute.random.Philox;
import dev.volute.spi.IndexRangeException;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CompositesTest {
  private final OpRunner runner = OpRunner.best();

  private static double activated(Activation activation, double x) {
    return switch (activation) {
      case IDENTITY -> x;
      case RELU -> Math.max(0, x);
      case RELU6 -> Math.min(Math.max(0, x), 6);
      case TANH -> Math.tanh(x);
      case SIGMOID -> 1 / (1 + Math.exp(-x));
    };
  }

  @ParameterizedTest
  @EnumSource
  void linearLayers(Activation activation) {
    for (int rows : new int[] {1, 7, 65}) {
      Tensor x = OpRunner.random(1, rows, 31);
      Tensor w = OpRunner.random(2, 31, 101);
      Tensor b = OpRunner.random(3, 101);
      Tensor y = runner.run(new Linear(activation, true), x, w, b).get(0);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < 101; j++) {
          double sum = b.get(j);
          for (int k = 0; k < 31; k++) {
            sum += x.get(i * 31 + k) * w.get(k * 101 + j);
          }
          assertEquals(activated(activation, sum), y.get(i * 101 + j), 1e-5);
        }
      }
    }
  }

  /** A constant weight is packed; each sum stays one chain of the same multiplications. */
  @ParameterizedTest
  @CsvSource({"1,800,500", "1,31,10", "2,300,129", "3,17,33", "7,257,101", "65,600,49", "200,5,1"})
  void packingAWeightChangesNoBit(int rows, int inputs, int outputs) {
    Tensor x = OpRunner.random(1, rows, inputs);
    Tensor w = OpRunner.random(2, inputs, outputs);
    Tensor b = OpRunner.random(3, outputs);
    Linear op = new Linear(Activation.RELU, true);
    for (int threads = 1; threads <= 3; threads++) {
      for (String level : List.of("baseline", "")) {
        OpRunner each = new OpRunner(level, threads);
        assertEquals(each.run(op, x, w, b), each.withConstants().run(op, x, w, b));
      }
    }
  }

  /** Windows that overlap, are padded, or leave a rest of the image out. */
  @ParameterizedTest
  @CsvSource({"4,4,2,2,0", "5,7,2,2,0", "7,6,3,2,1", "9,13,3,1,1", "5,5,2,3,1", "64,3,3,3,2"})
  void pooling(int height, int width, int window, int stride, int pad) {
    PoolGeometry geometry =
        new PoolGeometry(
            List.of(window, window), List.of(stride, stride), List.of(pad, pad), List.of(pad, 0));
    Shape image = Shape.of(2, 3, height, width);
    Tensor x = OpRunner.random(4, 2, 3, height, width);
    Shape out = geometry.output(image);
    Tensor g = OpRunner.random(5, out.toArray());
    List<Tensor> max = runner.run(new MaxPool(geometry, true), x);
    Tensor maxDx = runner.run(new MaxPoolGradient(geometry, image), max.get(1), g).get(0);
    double[] expectedMaxDx = new double[x.length()];
    for (boolean count : new boolean[] {false, true}) {
      Tensor mean = runner.run(new AveragePool(geometry, count), x).get(0);
      Tensor meanDx = runner.run(new AveragePoolGradient(geometry, count, image), g).get(0);
      double[] expectedMeanDx = new double[x.length()];
      for (int at = 0; at < g.length(); at++) {
        int plane = at / (out.dim(2) * out.dim(3));
        int top = at / out.dim(3) % out.dim(2) * stride - pad;
        int left = at % out.dim(3) * stride - pad;
        double best = Double.NEGATIVE_INFINITY;
        double sum = 0;
        int place = -1;
        int cells = 0;
        for (int pass = 0; pass < 2; pass++) {
          for (int i = 0; i < window; i++) {
            for (int j = 0; j < window; j++) {
              int y = top + i;
              int z = left + j;
              if (y < 0 || y >= height || z < 0 || z >= width) {
                continue;
              }
              int in = (plane * height + y) * width + z;
              if (pass == 1) {
                expectedMeanDx[in] += g.get(at) / (count ? window * window : cells);
                continue;
              }
              cells++;
              sum += x.get(in);
              if (x.get(in) > best) {
                best = x.get(in);
                place = i * window + j;
              }
            }
          }
        }
        assertEquals(sum / (count ? window * window : cells), mean.get(at), 1e-6);
        if (!count) {
          assertEquals(best, max.get(0).get(at));
          assertEquals(place, max.get(1).ints()[at]);
          int y = top + place / window;
          expectedMaxDx[(plane * height + y) * width + left + place % window] += g.get(at);
        }
      }
      for (int i = 0; i < x.length(); i++) {
        assertEquals(expectedMeanDx[i], meanDx.get(i), 1e-6);
      }
    }
    for (int i = 0; i < x.length(); i++) {
      assertEquals(expectedMaxDx[i], maxDx.get(i), 1e-6);
    }
  }

  @Test
  void maxPoolingKeepsNaNAndTakesTheFirstOfEquals() {
    PoolGeometry geometry =
        new PoolGeometry(List.of(2, 2), List.of(2, 2), List.of(0, 0), List.of(0, 0));
    Tensor x = Tensor.of(Shape.of(1, 1, 2, 6), 1f, 1, 3, Float.NaN, 0, 9, 1, 1, 4, 5, 9, Float.NaN);
    List<Tensor> y = runner.run(new MaxPool(geometry, true), x);
    assertArrayEquals(new float[] {1, Float.NaN, Float.NaN}, y.get(0).floats());
    assertArrayEquals(new int[] {0, 1, 3}, y.get(1).ints());
  }

  @Test
  void batchNormalisationAndItsGradient() {
    int n = 7;
    int c = 3;
    int s = 31;
    double epsilon = 1e-3;
    Tensor x = OpRunner.random(6, n, c, s);
    Tensor gamma = OpRunner.random(7, c);
    Tensor beta = OpRunner.random(8, c);
    Tensor g = OpRunner.random(9, n, c, s);
    for (int i = 0; i < x.length(); i++) {
      x.floats()[i] += 30;
    }
    List<Tensor> y = runner.run(new BatchNormTraining(epsilon, Activation.RELU), x, gamma, beta);
    List<Tensor> d = runner.run(new BatchNormGradient(epsilon), x, gamma, y.get(1), y.get(2), g);
    Tensor again =
        runner
            .run(
                new BatchNormInference(epsilon, Activation.RELU),
                x,
                gamma,
                beta,
                y.get(1),
                y.get(2))
            .get(0);
    for (int channel = 0; channel < c; channel++) {
      double mean = 0;
      double square = 0;
      double sumG = 0;
      for (int i = 0; i < n * s; i++) {
        int at = (i / s * c + channel) * s + i % s;
        mean += x.get(at) / (n * s);
        sumG += g.get(at);
      }
      for (int i = 0; i < n * s; i++) {
        int at = (i / s * c + channel) * s + i % s;
        square += (x.get(at) - mean) * (x.get(at) - mean) / (n * s);
      }
      double r = 1 / Math.sqrt(square + epsilon);
      double sumGx = 0;
      for (int i = 0; i < n * s; i++) {
        int at = (i / s * c + channel) * s + i % s;
        sumGx += g.get(at) * (x.get(at) - mean) * r;
      }
      assertEquals(mean, y.get(1).get(channel), 1e-5);
      assertEquals(square, y.get(2).get(channel), 1e-5);
      assertEquals(sumGx, d.get(1).get(channel), 1e-4);
      assertEquals(sumG, d.get(2).get(channel), 1e-4);
      for (int i = 0; i < n * s; i++) {
        int at = (i / s * c + channel) * s + i % s;
        double xhat = (x.get(at) - mean) * r;
        double expected = Math.max(0, gamma.get(channel) * xhat + beta.get(channel));
        assertEquals(expected, y.get(0).get(at), 1e-4);
        assertEquals(expected, again.get(at), 1e-4);
        double dx = gamma.get(channel) * r * (g.get(at) - sumG / (n * s) - xhat * sumGx / (n * s));
        assertEquals(dx, d.get(0).get(at), 1e-4);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "3,10", "7,17", "100,96", "2,1000"})
  void softmaxAndCrossEntropy(int rows, int classes) {
    Tensor x = OpRunner.random(10, rows, classes);
    Tensor g = OpRunner.random(11, rows, classes);
    Tensor gLoss = OpRunner.random(12, rows);
    Tensor labels = Tensor.of(Shape.of(rows), new int[rows]);
    for (int i = 0; i < rows; i++) {
      labels.ints()[i] = i % (classes + 1) - 1;
    }
    for (int i = 0; i < x.length(); i++) {
      x.floats()[i] *= 50;
    }
    Tensor y = runner.run(new Softmax(), x).get(0);
    Tensor dy = runner.run(new SoftmaxGradient(), y, g).get(0);
    List<Tensor> loss = runner.run(new SoftmaxCrossEntropy(), x, labels);
    Tensor dx = runner.run(new SoftmaxCrossEntropyGradient(), loss.get(1), labels, gLoss).get(0);
    for (int row = 0; row < rows; row++) {
      double top = Double.NEGATIVE_INFINITY;
      double sum = 0;
      double dot = 0;
      for (int j = 0; j < classes; j++) {
        top = Math.max(top, x.get(row * classes + j));
      }
      for (int j = 0; j < classes; j++) {
        sum += Math.exp(x.get(row * classes + j) - top);
      }
      for (int j = 0; j < classes; j++) {
        dot += Math.exp(x.get(row * classes + j) - top) / sum * g.get(row * classes + j);
      }
      int label = labels.ints()[row];
      double expected = label < 0 ? 0 : Math.log(sum) + top - x.get(row * classes + label);
      assertEquals(expected, loss.get(0).get(row), 1e-5 * Math.max(1, expected));
      for (int j = 0; j < classes; j++) {
        int at = row * classes + j;
        double p = Math.exp(x.get(at) - top) / sum;
        assertEquals(p, y.get(at), 2e-6);
        assertEquals(p, loss.get(1).get(at), 2e-6);
        assertEquals(p * (g.get(at) - dot), dy.get(at), 1e-5);
        double d = label < 0 ? 0 : gLoss.get(row) * (p - (j == label ? 1 : 0));
        assertEquals(d, dx.get(at), 1e-5);
      }
    }
  }

  @Test
  void labelsOutsideAreToldWithTheirPlace() {
    Tensor x = OpRunner.random(13, 3, 4);
    IndexRangeException thrown =
        assertThrows(
            IndexRangeException.class,
            () -> runner.run(new SoftmaxCrossEntropy(), x, Tensor.of(Shape.of(3), 0, -1, 4)));
    assertEquals(2, thrown.position());
    assertEquals(4, thrown.index());
  }

  @Test
  void dropoutKeepsWhatPhiloxSays() {
    Tensor x = OpRunner.random(14, 1001);
    Tensor y = runner.run(new Dropout(0.3, 5), x, Tensor.of(Shape.of(3), 1, 2, 3)).get(0);
    Philox philox = new Philox(1 | (2L << 32), 5, 3);
    for (int i = 0; i < x.length(); i++) {
      double expected = philox.uniform(i) >= 0.3 ? x.get(i) / 0.7 : 0;
      assertEquals(expected, y.get(i), 1e-6);
    }
  }

  @Test
  void stochasticGradientDescent() {
    Tensor p = OpRunner.random(15, 127);
    Tensor g = OpRunner.random(16, 127);
    Tensor v = OpRunner.random(17, 127);
    Tensor rate = Tensor.scalar(0.1f);
    for (boolean nesterov : new boolean[] {false, true}) {
      List<Tensor> next = runner.run(new SgdUpdate(0.9, nesterov, 0.01), p, g, v, rate);
      for (int i = 0; i < 127; i++) {
        double gradient = g.get(i) + 0.01 * p.get(i);
        double velocity = 0.9 * v.get(i) + gradient;
        double step = nesterov ? gradient + 0.9 * velocity : velocity;
        assertEquals(velocity, next.get(1).get(i), 1e-6);
        assertEquals(p.get(i) - 0.1 * step, next.get(0).get(i), 1e-6);
      }
    }
    Tensor plain = runner.run(new SgdUpdate(0, false, 0), p, g, rate).get(0);
    assertEquals(p.get(5) - 0.1 * g.get(5), plain.get(5), 1e-6);
  }

  @Test
  void adamAndAdamW() {
    Tensor p = OpRunner.random(18, 127);
    Tensor g = OpRunner.random(19, 127);
    Tensor m = OpRunner.random(20, 127);
    Tensor v = OpRunner.random(21, 127);
    for (int i = 0; i < 127; i++) {
      v.floats()[i] = Math.abs(v.floats()[i]);
    }
    Tensor rate = Tensor.scalar(0.01f);
    for (boolean decoupled : new boolean[] {false, true}) {
      AdamUpdate op = new AdamUpdate(0.9, 0.999, 1e-8, 0.02, decoupled);
      List<Tensor> next = runner.run(op, p, g, m, v, rate, Tensor.scalar(3));
      for (int i = 0; i < 127; i++) {
        double gradient = g.get(i) + (decoupled ? 0 : 0.02 * p.get(i));
        double old = decoupled ? p.get(i) * (1 - 0.01 * 0.02) : p.get(i);
        double first = 0.9 * m.get(i) + 0.1 * gradient;
        double second = 0.999 * v.get(i) + 0.001 * gradient * gradient;
        double root = Math.sqrt(second) / Math.sqrt(1 - Math.pow(0.999, 3)) + 1e-8;
        assertEquals(first, next.get(1).get(i), 1e-6);
        assertEquals(second, next.get(2).get(i), 1e-6);
        double expected = old - 0.01 / (1 - Math.pow(0.9, 3)) * first / root;
        assertEquals(expected, next.get(0).get(i), 2e-6);
      }
    }
  }

  /** Sizes at which the work is shared among threads. */
  @Test
  void threadsDoNotChangeABit() {
    PoolGeometry geometry =
        new PoolGeometry(List.of(3, 3), List.of(2, 2), List.of(1, 1), List.of(1, 1));
    Tensor x = OpRunner.random(22, 16, 12, 33, 31);
    Tensor channels = OpRunner.random(23, 12);
    Tensor rows = OpRunner.random(24, 500, 201);
    Tensor weight = OpRunner.random(25, 201, 65);
    Tensor key = Tensor.of(Shape.of(3), 1, 2, 3);
    Tensor rate = Tensor.scalar(0.1f);
    OpRunner one = new OpRunner("", 1);
    for (int threads = 2; threads <= 3; threads++) {
      OpRunner more = new OpRunner("", threads);
      same(one, more, new MaxPool(geometry, true), x);
      same(one, more, new AveragePool(geometry, false), x);
      same(one, more, new BatchNormTraining(1e-5, Activation.TANH), x, channels, channels);
      same(one, more, new Dropout(0.5, 1), x, key);
      same(one, more, new Reduce(Reduce.Function.SUM, List.of(0, 2, 3)), x);
      same(one, more, new Reduce(Reduce.Function.SUM, List.of(0)), rows);
      same(one, more, new Softmax(), rows);
      same(one, more, new Linear(Activation.IDENTITY, false), rows, weight);
      same(one, more, new SgdUpdate(0.9, true, 0.1), rows, rows, rows, rate);
    }
  }

  private static void same(OpRunner one, OpRunner more, Op op, Tensor... inputs) {
    assertEquals(one.run(op, inputs), more.run(op, inputs), op + " on " + more.threads());
  }
}
