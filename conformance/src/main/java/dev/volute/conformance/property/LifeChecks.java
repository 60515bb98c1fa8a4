package dev.volute.conformance.property;

import dev.volute.conformance.rule.CheckList;
import dev.volute.conformance.rule.Rule;
import dev.volute.conformance.rule.Subject;
import dev.volute.nn.Layers;
import dev.volute.nn.Model;
import dev.volute.nn.Network;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendException;
import dev.volute.spi.Memory;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;

/** Opening and closing. */
public final class LifeChecks {
  private static final Network NETWORK =
      Network.of(Layers.dense(127), Layers.relu(), Layers.dense(13));

  private LifeChecks() {}

  public static void addTo(CheckList checks) {
    checks.add(Rule.LIFE_1, "two backends, of which one closes", LifeChecks::sideBySide);
    checks.add(Rule.LIFE_2, "a closed backend and its memory", LifeChecks::closed);
    checks.add(Rule.LIFE_3, "the backend's name", LifeChecks::name);
  }

  private static Tensor batch() {
    Tensor batch = Tensor.zeros(TensorType.f32(64, 100));
    for (int i = 0; i < batch.length(); i++) {
      batch.floats()[i] = (float) Math.sin(i);
    }
    return batch;
  }

  private static void sideBySide(Subject subject) {
    Tensor batch = batch();
    Backend first = subject.fresh();
    Backend second = subject.fresh();
    try (Model stays = NETWORK.init(Shape.of(100), second, 1)) {
      Tensor expected;
      try (Model goes = NETWORK.init(Shape.of(100), first, 1)) {
        expected = goes.predict(batch);
        for (int i = 0; i < 3; i++) {
          requireEqual(expected, stays.predict(batch), "the second backend");
          requireEqual(expected, goes.predict(batch), "the first backend");
        }
      }
      first.close();
      requireEqual(expected, stays.predict(batch), "the second backend, the first closed");
    } finally {
      second.close();
    }
    try (Model shared = NETWORK.init(Shape.of(100), subject.backend(), 1)) {
      shared.predict(batch);
    }
  }

  private static void requireEqual(Tensor expected, Tensor got, String what) {
    Answers.require(
        expected.equals(got), Rule.LIFE_1, "%s gives %s, not %s".formatted(what, got, expected));
  }

  private static void closed(Subject subject) {
    Backend backend = subject.fresh();
    Tensor values = Tensor.of(Shape.of(3), 1f, 2f, 3f);
    try (Memory memory = backend.allocate(DType.F32, 3)) {
      memory.write(0, values);
      backend.close();
      Answers.refused(
          Rule.LIFE_2,
          "allocating on a closed backend",
          BackendException.class,
          () -> backend.allocate(DType.F32, 3).close());
      Tensor read = Tensor.zeros(values.type());
      memory.read(0, read);
      Answers.require(values.equals(read), Rule.LIFE_2, "memory of a closed backend holds " + read);
    }
  }

  private static void name(Subject subject) {
    String name = subject.backend().name();
    Answers.require(name.matches("[a-z0-9-]+"), Rule.LIFE_3, "the name is '" + name + "'");
  }
}
