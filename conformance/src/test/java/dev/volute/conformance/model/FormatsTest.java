package dev.volute.conformance.model;

import static dev.volute.nn.Layers.batchNorm;
import static dev.volute.nn.Layers.conv2d;
import static dev.volute.nn.Layers.dense;
import static dev.volute.nn.Layers.flatten;
import static dev.volute.nn.Layers.globalAveragePool;
import static dev.volute.nn.Layers.maxPool2d;
import static dev.volute.nn.Layers.relu;
import static dev.volute.nn.Layers.residual;
import static dev.volute.train.Losses.softmaxCrossEntropy;
import static dev.volute.train.Optimizers.sgd;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.conformance.asserting.AssertingBackend;
import dev.volute.data.Batch;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionChain;
import dev.volute.nn.Model;
import dev.volute.nn.Network;
import dev.volute.nn.Padding;
import dev.volute.spi.Backend;
import dev.volute.spi.Backends;
import dev.volute.spi.ForwardingBackend;
import dev.volute.spi.OpCall;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import dev.volute.train.Trainer;
import dev.volute.train.Training;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Plans lay values out channels last where the ops that give and take them agree. */
class FormatsTest {
  private static final Shape SAMPLE = Shape.of(3, 9, 8);

  private static final Network BLOCKS =
      Network.of(
          conv2d(4, 3).padding(Padding.same()),
          relu(),
          maxPool2d(2),
          residual(
              Network.of(
                  conv2d(4, 3).padding(Padding.same()),
                  batchNorm(),
                  relu(),
                  conv2d(4, 3).padding(Padding.same()),
                  batchNorm())),
          relu(),
          globalAveragePool(),
          dense(2));

  /**
   * The reference backend, which takes images of convolutions or of others channels last, and each
   * convolution by itself.
   */
  private static Backend taking(boolean images, boolean others) {
    return new ForwardingBackend(Backends.open("reference")) {
      @Override
      public boolean claims(OpCall call) {
        return !(call.op() instanceof ConvolutionChain) && super.claims(call);
      }

      @Override
      public boolean takesChannelsLast(OpCall call, int input) {
        return (call.op() instanceof Convolution ? images : others)
            && super.takesChannelsLast(call, input);
      }

      @Override
      public boolean givesChannelsLast(OpCall call, int output) {
        return (images || others) && super.givesChannelsLast(call, output);
      }
    };
  }

  private static List<String> steps(Model model) {
    return model
        .predictor(new TensorType(DType.F32, SAMPLE.prepend(2)))
        .describe()
        .lines()
        .filter(line -> line.contains("Convolution") || line.contains("MaxPool"))
        .toList();
  }

  @Test
  void everythingBetweenTheEdgesLiesChannelsLast() {
    Tensor images = RandomTensors.random(SAMPLE.prepend(2), 1);
    try (Backend all = new AssertingBackend(taking(true, true));
        Backend none = taking(false, false);
        Model last = BLOCKS.init(SAMPLE, all, 1);
        Model rowMajor = BLOCKS.init(SAMPLE, none, 1)) {
      List<String> steps = steps(last);
      assertEquals(4, steps.size(), steps.toString());
      assertFalse(steps.get(0).contains("[F32[2, 3, 9, 8] channels last"), steps.get(0));
      for (String step : steps) {
        assertTrue(step.contains("-> [F32[2, 4, ") && step.endsWith("] channels last]"), step);
      }
      for (String step : steps(rowMajor)) {
        assertFalse(step.contains("channels last"), step);
      }
      // The reference adds in the same order, however operands lie.
      assertArrayEquals(rowMajor.predict(images).floats(), last.predict(images).floats());
    }
  }

  @Test
  void aReaderThatRefusesKeepsItsInputRowMajor() {
    Tensor images = RandomTensors.random(SAMPLE.prepend(2), 1);
    try (Backend mixed = new AssertingBackend(taking(true, false));
        Backend none = taking(false, false);
        Model model = BLOCKS.init(SAMPLE, mixed, 1);
        Model rowMajor = BLOCKS.init(SAMPLE, none, 1)) {
      List<String> steps = steps(model);
      assertTrue(steps.get(0).endsWith("-> [F32[2, 4, 9, 8]]"), steps.get(0));
      assertTrue(steps.get(1).endsWith("-> [F32[2, 4, 4, 4] channels last]"), steps.get(1));
      assertArrayEquals(rowMajor.predict(images).floats(), model.predict(images).floats());
    }
  }

  /** The gradient to the mean of a channel is repeated over its pixels: it has no format. */
  @Test
  void gradientsBehindAMeanLieChannelsLast() {
    Batch batch =
        new Batch(RandomTensors.random(SAMPLE.prepend(2), 1), Tensor.of(Shape.of(2), 0, 1));
    double loss;
    try (Backend all = new AssertingBackend(taking(true, true));
        Model model = BLOCKS.init(SAMPLE, all, 1);
        Training training = training(model)) {
      List<String> gradients =
          training
              .describe(batch)
              .lines()
              .filter(line -> line.contains("BatchNormGradient") || line.contains("InputGradient"))
              .toList();
      assertEquals(4, gradients.size(), gradients.toString());
      for (String step : gradients) {
        assertFalse(step.contains("F32[2, 4, 4, 4],"), step);
        assertTrue(step.contains("-> [F32[2, 4, 4, 4] channels last"), step);
      }
      training.step(batch);
      loss = training.step(batch);
    }
    try (Backend none = taking(false, false);
        Model model = BLOCKS.init(SAMPLE, none, 1);
        Training training = training(model)) {
      training.step(batch);
      assertEquals(training.step(batch), loss, 1e-6);
    }
  }

  private static Training training(Model model) {
    return Trainer.of(model).loss(softmaxCrossEntropy()).optimizer(sgd(0.1)).start();
  }

  @Test
  void whatIsReshapedLiesRowMajor() {
    Network network = Network.of(conv2d(4, 3), flatten(), dense(2));
    try (Backend all = taking(true, true);
        Model model = network.init(SAMPLE, all, 1)) {
      List<String> steps = steps(model);
      assertFalse(steps.get(0).contains("channels last"), steps.get(0));
    }
  }
}
