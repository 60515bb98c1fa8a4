package dev.volute.conformance.model;

import dev.volute.conformance.rule.CheckList;
import dev.volute.conformance.rule.Rule;
import dev.volute.conformance.rule.Subject;
import dev.volute.conformance.rule.Violation;
import dev.volute.nn.Layers;
import dev.volute.nn.Model;
import dev.volute.nn.Network;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several threads predict on one model. */
final class ConcurrentPrediction {
  private static final int USERS = 4;
  private static final int BATCHES = 8;
  private static final int ROUNDS = 5;

  private static final Network NETWORK =
      Network.of(
          Layers.conv2d(7, 3),
          Layers.relu(),
          Layers.maxPool2d(2),
          Layers.flatten(),
          Layers.dense(31),
          Layers.relu(),
          Layers.dense(5));

  private ConcurrentPrediction() {}

  static void addTo(CheckList checks) {
    checks.add(
        Rule.CONCURRENCY_2, USERS + " threads predict on one model", ConcurrentPrediction::run);
  }

  private static void run(Subject subject) {
    try (Model model = NETWORK.init(Shape.of(2, 11, 11), subject.backend(), 1)) {
      List<Tensor> batches = new ArrayList<>();
      List<Tensor> alone = new ArrayList<>();
      for (int i = 0; i < BATCHES; i++) {
        Tensor batch = Tensor.zeros(TensorType.f32(1 + i % 3, 2, 11, 11));
        for (int j = 0; j < batch.length(); j++) {
          batch.floats()[j] = (float) Math.sin(i + j);
        }
        batches.add(batch);
        alone.add(model.predict(batch));
      }
      predict(model, batches, alone);
    }
  }

  private static void predict(Model model, List<Tensor> batches, List<Tensor> alone) {
    ExecutorService users = Executors.newFixedThreadPool(USERS);
    try {
      List<Future<Boolean>> running = new ArrayList<>();
      for (int user = 0; user < USERS; user++) {
        int first = user;
        running.add(users.submit(() -> agrees(model, batches, alone, first)));
      }
      for (Future<Boolean> each : running) {
        if (!each.get()) {
          throw new Violation(Rule.CONCURRENCY_2, "a prediction differs from that of one thread");
        }
      }
    } catch (ExecutionException e) {
      throw new Violation(Rule.CONCURRENCY_2, "a thread failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      users.shutdownNow();
    }
  }

  private static boolean agrees(Model model, List<Tensor> batches, List<Tensor> alone, int first) {
    for (int i = 0; i < ROUNDS * batches.size(); i++) {
      int at = (first + i) % batches.size();
      if (!alone.get(at).equals(model.predict(batches.get(at)))) {
        return false;
      }
    }
    return true;
  }
}
