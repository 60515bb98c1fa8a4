package dev.volute.conformance.train;

import static dev.volute.nn.Layers.batchNorm;
import static dev.volute.nn.Layers.dense;
import static dev.volute.nn.Layers.dropout;
import static dev.volute.nn.Layers.embedding;
import static dev.volute.nn.Layers.gru;
import static dev.volute.nn.Layers.relu;
import static dev.volute.train.Losses.softmaxCrossEntropy;
import static dev.volute.train.Optimizers.adam;
import static dev.volute.train.Optimizers.sgd;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.conformance.asserting.AssertingBackend;
import dev.volute.data.Batch;
import dev.volute.nn.Model;
import dev.volute.nn.Network;
import dev.volute.spi.Backend;
import dev.volute.spi.Backends;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.train.NonFiniteLossException;
import dev.volute.train.Trainer;
import dev.volute.train.Training;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A training that was warmed up goes on as one that was not, bit by bit. */
class WarmUpTest {
  private static final Duration LIMIT = Duration.ofMillis(30);

  private static List<float[]> values(Model model) {
    return model.values().values().stream().map(Tensor::floats).toList();
  }

  /** The losses and parameters of three steps on the batches, which come in turns. */
  private static List<float[]> train(
      Network network, Shape sample, List<Batch> batches, boolean carry, boolean warm) {
    List<float[]> results = new ArrayList<>();
    try (Backend backend = new AssertingBackend(Backends.open("reference"));
        Model model = network.init(sample, backend, 1)) {
      Trainer trainer =
          Trainer.of(model)
              .loss(softmaxCrossEntropy())
              .optimizer(carry ? sgd(0.1, 0.9) : adam(0.1))
              .seed(5);
      if (carry) {
        trainer.carryStates();
      }
      try (Training training = trainer.start()) {
        for (int step = 0; step < 3; step++) {
          if (warm) {
            assertTrue(training.warmUp(batches.get(0), LIMIT).runs() > 0);
            assertEquals(step, training.steps());
          }
          Batch batch = batches.get(step % batches.size());
          results.add(new float[] {(float) training.step(batch)});
        }
        results.add(new float[] {training.drainMeasures().get("cross-entropy").floatValue()});
        results.addAll(values(model));
      }
    }
    return results;
  }

  private static void assertSame(List<float[]> expected, List<float[]> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i));
    }
  }

  @Test
  void momentsStatisticsAndMasksAreNotChanged() {
    Network network = Network.of(dense(6), batchNorm(), relu(), dropout(0.25), dense(3));
    List<Batch> batches =
        List.of(
            new Batch(
                Tensor.of(Shape.of(3, 2), 0.5f, -1f, 2f, 0.25f, -0.75f, 1f),
                Tensor.of(Shape.of(3), 2, 0, 1)),
            new Batch(
                Tensor.of(Shape.of(2, 2), 1.5f, -0.5f, 0f, 3f), Tensor.of(Shape.of(2), 1, 2)));
    assertSame(
        train(network, Shape.of(2), batches, false, false),
        train(network, Shape.of(2), batches, false, true));
  }

  @Test
  void carriedStatesAreNotChanged() {
    Network network = Network.of(embedding(4, 3), gru(5), dense(4));
    List<Batch> batches =
        List.of(
            new Batch(Tensor.of(Shape.of(1, 3), 1, 3, 2), Tensor.of(Shape.of(1, 3), 3, 2, 0)),
            new Batch(Tensor.of(Shape.of(1, 2), 0, 1), Tensor.of(Shape.of(1, 2), 1, 1)));
    assertSame(
        train(network, Shape.of(3), batches, true, false),
        train(network, Shape.of(3), batches, true, true));
  }

  @Test
  void aLossThatIsNotFiniteLeavesTheModelAsItWas() {
    try (Backend backend = Backends.open("reference");
        Model model = Network.of(dense(3)).init(Shape.of(1), backend, 1);
        Training training =
            Trainer.of(model).loss(softmaxCrossEntropy()).optimizer(sgd(1)).start()) {
      List<float[]> before = values(model);
      Batch batch = new Batch(Tensor.of(Shape.of(1, 1), Float.NaN), Tensor.of(Shape.of(1), 1));
      assertThrows(NonFiniteLossException.class, () -> training.warmUp(batch, LIMIT));
      assertSame(before, values(model));
    }
  }
}
