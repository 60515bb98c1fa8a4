package dev.volute.backend.java.recurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.backend.java.OpRunner;
import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.graph.composite.RecurrentGradient;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class RecurrentTest {
  /** Batch, time, features, units. */
  private static final int[][] SIZES = {
    {1, 1, 1, 1},
    {1, 7, 31, 100},
    {2, 3, 7, 13},
    {3, 5, 17, 64},
    {20, 13, 3, 9},
    {7, 2, 65, 17},
    {13, 3, 2, 65},
    {65, 2, 3, 31},
    {390, 2, 3, 4}
  };

  static Stream<Arguments> cases() {
    return Stream.of(RecurrentCell.values())
        .flatMap(cell -> Stream.of(SIZES).map(size -> Arguments.of(cell, size)));
  }

  private static double[] doubles(Tensor tensor) {
    return IntStream.range(0, tensor.length()).mapToDouble(tensor::get).toArray();
  }

  private static Tensor weight(int seed, int... lengths) {
    Tensor weight = OpRunner.random(seed, lengths);
    for (int i = 0; i < weight.length(); i++) {
      weight.floats()[i] *= 0.4f;
    }
    return weight;
  }

  private static int states(RecurrentCell cell) {
    return cell.hasCellState() ? 2 : 1;
  }

  private static List<Tensor> inputs(RecurrentCell cell, int[] size) {
    int width = cell.gates() * size[3];
    List<Tensor> inputs = new ArrayList<>();
    inputs.add(OpRunner.random(1, size[0], size[1], size[2]));
    for (int i = 0; i < states(cell); i++) {
      inputs.add(OpRunner.random(2 + i, size[0], size[3]));
    }
    inputs.add(weight(4, size[2], width));
    inputs.add(weight(5, size[3], width));
    inputs.add(weight(6, width));
    if (cell.hasRecurrentBias()) {
      inputs.add(weight(7, size[3]));
    }
    return inputs;
  }

  private static List<Tensor> forward(OpRunner runner, RecurrentCell cell, List<Tensor> inputs) {
    return runner.run(new Recurrent(cell, true), inputs.toArray(Tensor[]::new));
  }

  /** Arguments of the gradient, with numbers that each output is multiplied by in the loss. */
  private static List<Tensor> gradientInputs(
      RecurrentCell cell, List<Tensor> inputs, List<Tensor> outputs, List<Tensor> factors) {
    List<Tensor> arguments = new ArrayList<>(inputs);
    arguments.add(outputs.get(0));
    if (cell.reserve() > 0) {
      arguments.add(outputs.get(outputs.size() - 1));
    }
    arguments.addAll(factors);
    return arguments;
  }

  private static List<Tensor> factors(RecurrentCell cell, List<Tensor> outputs) {
    return IntStream.rangeClosed(0, states(cell))
        .mapToObj(i -> OpRunner.random(11 + i, outputs.get(i).shape().toArray()))
        .toList();
  }

  private static List<Tensor> gradients(OpRunner runner, RecurrentCell cell, List<Tensor> inputs) {
    List<Tensor> outputs = forward(runner, cell, inputs);
    List<Tensor> arguments = gradientInputs(cell, inputs, outputs, factors(cell, outputs));
    return runner.run(new RecurrentGradient(cell), arguments.toArray(Tensor[]::new));
  }

  private static void assertClose(List<double[]> expected, List<Tensor> actual, String what) {
    for (int i = 0; i < expected.size(); i++) {
      for (int j = 0; j < expected.get(i).length; j++) {
        double value = expected.get(i)[j];
        assertEquals(
            value,
            actual.get(i).get(j),
            1e-5 * Math.max(1, Math.abs(value)),
            what + ": output " + i + " at " + j);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void forwardMatchesTheEquations(RecurrentCell cell, int[] size) {
    List<Tensor> inputs = inputs(cell, size);
    List<double[]> expected =
        new Equations(cell, size[0], size[1], size[2], size[3])
            .run(inputs.stream().map(RecurrentTest::doubles).toList());
    Tensor[] arguments = inputs.toArray(Tensor[]::new);
    for (boolean reserve : new boolean[] {false, true}) {
      Recurrent op = new Recurrent(cell, reserve);
      assertClose(expected, OpRunner.java(2).run(op, arguments), op.toString());
      assertClose(
          expected,
          OpRunner.java(2).withConstants().run(op, arguments),
          op + " with constant inputs");
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientMatchesDifferenceQuotients(RecurrentCell cell, int[] size) {
    List<Tensor> inputs = inputs(cell, size);
    Equations equations = new Equations(cell, size[0], size[1], size[2], size[3]);
    List<double[]> factors =
        factors(cell, forward(OpRunner.java(1), cell, inputs)).stream()
            .map(RecurrentTest::doubles)
            .toList();
    List<Tensor> gradients = gradients(OpRunner.java(2), cell, inputs);
    List<double[]> point = inputs.stream().map(RecurrentTest::doubles).toList();
    for (int i = 0; i < point.size(); i++) {
      int some = 1 + point.get(i).length / 30;
      for (int j = 0; j < point.get(i).length; j += some) {
        double expected = slope(equations, point, factors, point.get(i), j);
        assertEquals(
            expected,
            gradients.get(i).get(j),
            2e-5 * Math.max(1, Math.abs(expected)),
            cell + ": gradient " + i + " at " + j);
      }
    }
  }

  private static double slope(
      Equations equations, List<double[]> point, List<double[]> factors, double[] values, int j) {
    double kept = values[j];
    values[j] = kept + 1e-5;
    double above = equations.loss(point, factors);
    values[j] = kept - 1e-5;
    double below = equations.loss(point, factors);
    values[j] = kept;
    return (above - below) / 2e-5;
  }

  @ParameterizedTest
  @EnumSource
  void threadsChangeNoBit(RecurrentCell cell) {
    for (int[] size :
        new int[][] {{31, 7, 17, 100}, {1, 3, 65, 300}, {3, 40, 13, 130}, {20, 2, 5, 400}}) {
      List<Tensor> inputs = inputs(cell, size);
      List<Tensor> forward = forward(OpRunner.java(1), cell, inputs);
      List<Tensor> gradients = gradients(OpRunner.java(1), cell, inputs);
      for (int threads = 2; threads <= 4; threads++) {
        OpRunner runner = OpRunner.java(threads);
        assertEquals(forward, forward(runner, cell, inputs), cell + ", threads: " + threads);
        assertEquals(gradients, gradients(runner, cell, inputs), cell + ", threads: " + threads);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void oneCallEqualsItsSteps(RecurrentCell cell) {
    for (int[] size : new int[][] {{1, 5, 31, 64}, {7, 6, 13, 17}, {33, 3, 2, 100}}) {
      List<Tensor> inputs = inputs(cell, size);
      List<Tensor> whole =
          OpRunner.java(2).run(new Recurrent(cell, false), inputs.toArray(Tensor[]::new));
      List<Tensor> carried = new ArrayList<>(inputs);
      for (int t = 0; t < size[1]; t++) {
        carried.set(0, step(inputs.get(0), t));
        List<Tensor> outputs =
            OpRunner.java(2).run(new Recurrent(cell, false), carried.toArray(Tensor[]::new));
        assertEquals(step(whole.get(0), t), outputs.get(0), cell + ": step " + t);
        for (int i = 1; i < outputs.size(); i++) {
          carried.set(i, outputs.get(i));
        }
      }
      assertEquals(whole.subList(1, whole.size()), carried.subList(1, whole.size()));
    }
  }

  /** Step t of a sequence, {@code [batch, 1, width]}. */
  private static Tensor step(Tensor sequence, int t) {
    int batch = sequence.shape().dim(0);
    int time = sequence.shape().dim(1);
    int width = sequence.shape().dim(2);
    Tensor step = Tensor.of(Shape.of(batch, 1, width), new float[batch * width]);
    for (int b = 0; b < batch; b++) {
      System.arraycopy(sequence.floats(), (b * time + t) * width, step.floats(), b * width, width);
    }
    return step;
  }

  @ParameterizedTest
  @EnumSource
  void withoutRowsOrStepsTheStatesStay(RecurrentCell cell) {
    for (int[] size : new int[][] {{0, 3, 5, 7}, {3, 0, 5, 7}}) {
      List<Tensor> inputs = inputs(cell, size);
      List<Tensor> outputs = forward(OpRunner.java(2), cell, inputs);
      assertEquals(inputs.subList(1, 1 + states(cell)), outputs.subList(1, 1 + states(cell)));
      for (Tensor gradient :
          gradients(OpRunner.java(2), cell, inputs).subList(1 + states(cell), inputs.size())) {
        assertEquals(Tensor.zeros(gradient.type()), gradient);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void notANumberComesThrough(RecurrentCell cell) {
    List<Tensor> inputs = inputs(cell, new int[] {2, 3, 3, 17});
    inputs.get(0).floats()[4] = Float.NaN;
    List<Tensor> outputs = forward(OpRunner.java(1), cell, inputs);
    for (int i = 0; i < outputs.get(0).length(); i++) {
      boolean meets = i >= 17 && i < 3 * 17;
      assertEquals(meets, Double.isNaN(outputs.get(0).get(i)), cell + " at " + i);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = RecurrentCell.class,
      names = {"LSTM", "GRU", "GRU_RESET_AFTER"})
  void gradientsVanishWithoutBecomingSubnormal(RecurrentCell cell) {
    int time = 600;
    List<Tensor> inputs = inputs(cell, new int[] {2, time, 3, 20});
    OpRunner runner = OpRunner.java(1);
    List<Tensor> outputs = forward(runner, cell, inputs);
    List<Tensor> factors =
        outputs.subList(0, 1 + states(cell)).stream()
            .map(each -> Tensor.zeros(each.type()))
            .toList();
    factors.get(1).floats()[0] = 1;
    List<Tensor> arguments = gradientInputs(cell, inputs, outputs, factors);
    Tensor gradient =
        runner.run(new RecurrentGradient(cell), arguments.toArray(Tensor[]::new)).get(0);
    assertEquals(0, gradient.get(0), cell + ": the first step");
    for (int i = 0; i < gradient.length(); i++) {
      double size = Math.abs(gradient.get(i));
      assertTrue(size == 0 || size >= Float.MIN_NORMAL, cell + " at " + i + ": " + size);
    }
    assertTrue(gradient.get((time - 1) * 3) != 0, cell + ": the last step");
  }
}
