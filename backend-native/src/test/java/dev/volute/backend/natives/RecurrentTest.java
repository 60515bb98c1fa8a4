package dev.volute.backend.natives;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.graph.composite.RecurrentGradient;
import dev.volute.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecurrentTest {
  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  /** The equations, step by step in double precision: y, last h, last c. */
  private record Oracle(RecurrentCell cell, int batch, int time, int features, int units) {
    List<double[]> run(List<double[]> in) {
      int next = cell.hasCellState() ? 3 : 2;
      double[] x = in.get(0);
      double[] h = in.get(1).clone();
      double[] c = cell.hasCellState() ? in.get(2).clone() : new double[h.length];
      double[] wx = in.get(next);
      double[] wh = in.get(next + 1);
      double[] bias = in.get(next + 2);
      int width = cell.gates() * units;
      double[] y = new double[batch * time * units];
      for (int b = 0; b < batch; b++) {
        for (int t = 0; t < time; t++) {
          double[] fromX = new double[width];
          double[] fromH = new double[width];
          for (int j = 0; j < width; j++) {
            fromX[j] = bias[j];
            for (int i = 0; i < features; i++) {
              fromX[j] += x[(b * time + t) * features + i] * wx[i * width + j];
            }
            for (int i = 0; i < units; i++) {
              fromH[j] += h[b * units + i] * wh[i * width + j];
            }
          }
          double[] now = new double[units];
          for (int j = 0; j < units; j++) {
            double before = h[b * units + j];
            double s0 = fromX[j] + fromH[j];
            switch (cell) {
              case TANH -> now[j] = Math.tanh(s0);
              case RELU -> now[j] = Math.max(0, s0);
              case LSTM -> {
                double f = sigmoid(fromX[units + j] + fromH[units + j]);
                double g = Math.tanh(fromX[2 * units + j] + fromH[2 * units + j]);
                double o = sigmoid(fromX[3 * units + j] + fromH[3 * units + j]);
                c[b * units + j] = f * c[b * units + j] + sigmoid(s0) * g;
                now[j] = o * Math.tanh(c[b * units + j]);
              }
              case GRU -> {
                double inner = fromX[2 * units + j];
                for (int i = 0; i < units; i++) {
                  double r = sigmoid(fromX[i] + fromH[i]);
                  inner += r * h[b * units + i] * wh[i * width + 2 * units + j];
                }
                double z = sigmoid(fromX[units + j] + fromH[units + j]);
                now[j] = z * before + (1 - z) * Math.tanh(inner);
              }
              case GRU_RESET_AFTER -> {
                double q = fromH[2 * units + j] + in.get(next + 3)[j];
                double z = sigmoid(fromX[units + j] + fromH[units + j]);
                double n = Math.tanh(fromX[2 * units + j] + sigmoid(s0) * q);
                now[j] = z * before + (1 - z) * n;
              }
            }
          }
          System.arraycopy(now, 0, h, b * units, units);
          System.arraycopy(now, 0, y, (b * time + t) * units, units);
        }
      }
      return cell.hasCellState() ? List.of(y, h, c) : List.of(y, h);
    }

    double loss(List<double[]> in, List<double[]> weights) {
      List<double[]> out = run(in);
      double sum = 0;
      for (int i = 0; i < out.size(); i++) {
        for (int j = 0; j < out.get(i).length; j++) {
          sum += out.get(i)[j] * weights.get(i)[j];
        }
      }
      return sum;
    }
  }

  private static double[] doubles(Tensor tensor) {
    double[] values = new double[tensor.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.get(i);
    }
    return values;
  }

  private static List<Tensor> inputs(RecurrentCell cell, int b, int t, int i, int h) {
    List<Tensor> inputs = new ArrayList<>();
    int width = cell.gates() * h;
    inputs.add(OpRunner.random(1, b, t, i));
    inputs.add(OpRunner.random(2, b, h));
    if (cell.hasCellState()) {
      inputs.add(OpRunner.random(3, b, h));
    }
    inputs.add(OpRunner.random(4, i, width));
    inputs.add(OpRunner.random(5, h, width));
    inputs.add(OpRunner.random(6, width));
    if (cell.hasRecurrentBias()) {
      inputs.add(OpRunner.random(7, h));
    }
    for (Tensor weight : inputs.subList(cell.hasCellState() ? 3 : 2, inputs.size())) {
      for (int j = 0; j < weight.length(); j++) {
        weight.floats()[j] *= 0.4f;
      }
    }
    return inputs;
  }

  @ParameterizedTest
  @EnumSource
  void forwardMatchesTheEquations(RecurrentCell cell) {
    int[][] sizes = {{1, 1, 1, 1}, {2, 3, 7, 13}, {3, 5, 17, 64}, {65, 2, 3, 31}, {4, 7, 31, 100}};
    for (int[] s : sizes) {
      List<Tensor> inputs = inputs(cell, s[0], s[1], s[2], s[3]);
      List<double[]> expected =
          new Oracle(cell, s[0], s[1], s[2], s[3])
              .run(inputs.stream().map(RecurrentTest::doubles).toList());
      for (String level : List.of("baseline", "avx2", "")) {
        for (boolean reserve : new boolean[] {false, true}) {
          List<Tensor> actual =
              new OpRunner(level, 2)
                  .run(new Recurrent(cell, reserve), inputs.toArray(Tensor[]::new));
          for (int i = 0; i < expected.size(); i++) {
            for (int j = 0; j < expected.get(i).length; j++) {
              assertEquals(
                  expected.get(i)[j],
                  actual.get(i).get(j),
                  2e-5 * Math.max(1, Math.abs(expected.get(i)[j])),
                  cell + " output " + i + " at " + j);
            }
          }
        }
      }
    }
  }

  private static List<Tensor> factors(RecurrentCell cell, int b, int t, int h) {
    return Stream.of(
            OpRunner.random(11, b, t, h), OpRunner.random(12, b, h), OpRunner.random(13, b, h))
        .limit(cell.hasCellState() ? 3 : 2)
        .toList();
  }

  /** Gradients of the sum of all outputs times these factors. */
  private static List<Tensor> gradients(
      OpRunner runner, RecurrentCell cell, List<Tensor> inputs, List<Tensor> factors) {
    List<Tensor> outputs = runner.run(new Recurrent(cell, true), inputs.toArray(Tensor[]::new));
    List<Tensor> arguments = new ArrayList<>(inputs);
    arguments.add(outputs.get(0));
    if (cell.reserve() > 0) {
      arguments.add(outputs.get(outputs.size() - 1));
    }
    arguments.addAll(factors);
    return runner.run(new RecurrentGradient(cell), arguments.toArray(Tensor[]::new));
  }

  @ParameterizedTest
  @EnumSource
  void gradientMatchesDifferenceQuotients(RecurrentCell cell) {
    int b = 2;
    int t = 3;
    int features = 5;
    int h = 17;
    List<Tensor> inputs = inputs(cell, b, t, features, h);
    List<Tensor> weights = factors(cell, b, t, h);
    List<Tensor> gradients = gradients(OpRunner.best(), cell, inputs, weights);
    Oracle oracle = new Oracle(cell, b, t, features, h);
    List<double[]> point = inputs.stream().map(RecurrentTest::doubles).toList();
    List<double[]> factors = weights.stream().map(RecurrentTest::doubles).toList();
    for (int i = 0; i < point.size(); i++) {
      for (int j = 0; j < point.get(i).length; j += 3) {
        double kept = point.get(i)[j];
        point.get(i)[j] = kept + 1e-5;
        double above = oracle.loss(point, factors);
        point.get(i)[j] = kept - 1e-5;
        double below = oracle.loss(point, factors);
        point.get(i)[j] = kept;
        assertEquals(
            (above - below) / 2e-5,
            gradients.get(i).get(j),
            2e-4,
            cell + " gradient " + i + " at " + j);
      }
    }
    assertEquals(gradients, gradients(new OpRunner("", 1), cell, inputs, weights));
  }

  /**
   * Three chunks of steps whose gradients are multiplied at a time, the last one shorter. Without
   * RELU: of that many sums some round to the other side of its edge.
   */
  @ParameterizedTest
  @EnumSource(names = "RELU", mode = EnumSource.Mode.EXCLUDE)
  void gradientOfManyStepsMatchesDifferenceQuotientsInRandomDirections(RecurrentCell cell) {
    int b = 150;
    int t = 75;
    int features = 5;
    int h = 50;
    List<Tensor> inputs = inputs(cell, b, t, features, h);
    Tensor recurrent = inputs.get(cell.hasCellState() ? 4 : 3);
    for (int i = 0; i < recurrent.length(); i++) {
      recurrent.floats()[i] *= 0.3f; // else states of many steps grow without bound
    }
    List<Tensor> weights = factors(cell, b, t, h);
    List<Tensor> gradients = gradients(new OpRunner("", 2), cell, inputs, weights);
    Oracle oracle = new Oracle(cell, b, t, features, h);
    List<double[]> point = inputs.stream().map(RecurrentTest::doubles).toList();
    List<double[]> factors = weights.stream().map(RecurrentTest::doubles).toList();
    for (int i = 0; i < point.size(); i++) {
      double[] direction = new Random(100 + i).doubles(point.get(i).length, -1, 1).toArray();
      double[] gradient = doubles(gradients.get(i));
      double slope = 0;
      double squares = 0;
      for (int j = 0; j < gradient.length; j++) {
        slope += gradient[j] * direction[j];
        squares += gradient[j] * gradient[j];
      }
      double above = oracle.loss(moved(point, i, direction, 1e-5), factors);
      double below = oracle.loss(moved(point, i, direction, -1e-5), factors);
      assertEquals(
          (above - below) / 2e-5, slope, 1e-4 * Math.sqrt(squares), cell + " gradient " + i);
    }
    for (String level : List.of("baseline", "avx2")) {
      assertClose(gradients, gradients(new OpRunner(level, 2), cell, inputs, weights));
    }
    assertEquals(gradients, gradients(new OpRunner("", 1), cell, inputs, weights));
  }

  private static List<double[]> moved(List<double[]> point, int i, double[] direction, double by) {
    List<double[]> moved = new ArrayList<>(point);
    moved.set(
        i,
        IntStream.range(0, direction.length)
            .mapToDouble(j -> point.get(i)[j] + by * direction[j])
            .toArray());
    return moved;
  }

  /** Up to rounding, each compared with the largest of its tensor. */
  private static void assertClose(List<Tensor> expected, List<Tensor> actual) {
    for (int i = 0; i < expected.size(); i++) {
      double[] values = doubles(expected.get(i));
      double largest = Arrays.stream(values).map(Math::abs).max().orElse(0);
      assertArrayEquals(values, doubles(actual.get(i)), 1e-4 * largest, "gradient " + i);
    }
  }
}
