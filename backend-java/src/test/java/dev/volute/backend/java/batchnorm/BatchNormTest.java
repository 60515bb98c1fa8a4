package dev.volute.backend.java.batchnorm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.volute.backend.java.Lowered;
import dev.volute.backend.java.OpRunner;
import dev.volute.graph.Op;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchNormTest {
  private final OpRunner java = OpRunner.java(2);

  private void assertAgrees(Op op, Tensor... inputs) {
    List<Tensor> expected = Lowered.run(op, inputs);
    List<Tensor> actual = java.run(op, inputs);
    for (int output = 0; output < expected.size(); output++) {
      for (int i = 0; i < expected.get(output).length(); i++) {
        double wanted = expected.get(output).get(i);
        assertEquals(
            wanted,
            actual.get(output).get(i),
            1e-5 * Math.max(1, Math.abs(wanted)),
            op + ", output " + output + " at " + i);
      }
    }
  }

  /** Shapes with short runs, which are brought together, and long ones. */
  @ParameterizedTest
  @ValueSource(
      strings = {"2,1", "7,3", "64,17", "100,65", "3,2,5", "5,3,4,4", "2,7,13,17", "4,31,31,1"})
  void trainingInferenceAndGradient(String lengths) {
    int[] shape = Arrays.stream(lengths.split(",")).mapToInt(Integer::parseInt).toArray();
    int channels = shape[1];
    Tensor x = OpRunner.random(1, shape);
    for (int i = 0; i < x.length(); i++) {
      x.floats()[i] += 3;
    }
    Tensor gamma = OpRunner.random(2, channels);
    Tensor beta = OpRunner.random(3, channels);
    Tensor g = OpRunner.random(4, shape);
    double epsilon = 1e-3;
    List<Tensor> trained =
        Lowered.run(new BatchNormTraining(epsilon, Activation.IDENTITY), x, gamma, beta);
    Tensor mean = trained.get(1);
    Tensor variance = trained.get(2);
    assertAgrees(new BatchNormTraining(epsilon, Activation.IDENTITY), x, gamma, beta);
    assertAgrees(
        new BatchNormInference(epsilon, Activation.IDENTITY), x, gamma, beta, mean, variance);
    assertAgrees(new BatchNormGradient(epsilon), x, gamma, mean, variance, g);
  }

  @ParameterizedTest
  @EnumSource
  void activations(Activation activation) {
    Tensor gamma = OpRunner.random(2, 3);
    Tensor beta = OpRunner.random(3, 3);
    for (int[] shape : new int[][] {{13, 3}, {4, 3, 7, 7}}) {
      assertAgrees(new BatchNormTraining(1e-5, activation), OpRunner.random(1, shape), gamma, beta);
    }
  }

  @Test
  void aSmallVarianceBesideALargeMeanIsKept() {
    int n = 100_000;
    Tensor x = OpRunner.random(1, 1, 1, n);
    for (int i = 0; i < n; i++) {
      x.floats()[i] = 1000 + x.floats()[i];
    }
    Tensor one = Tensor.of(Shape.of(1), 1f);
    Tensor variance = java.run(new BatchNormTraining(0, Activation.IDENTITY), x, one, one).get(2);
    assertEquals(1.0 / 3, variance.get(0), 0.003);
  }

  @Test
  void threadsDoNotChangeABit() {
    Tensor x = OpRunner.random(1, 16, 12, 15, 15);
    Tensor gamma = OpRunner.random(2, 12);
    Op op = new BatchNormTraining(1e-5, Activation.TANH);
    List<Tensor> one = OpRunner.java(1).run(op, x, gamma, gamma);
    for (int threads = 2; threads <= 3; threads++) {
      assertEquals(one, OpRunner.java(threads).run(op, x, gamma, gamma));
    }
  }
}
