package dev.volute.conformance.model;

import static dev.volute.conformance.model.RandomTensors.random;
import static dev.volute.nn.Layers.conv2d;
import static dev.volute.nn.Layers.dense;
import static dev.volute.nn.Layers.dropout;
import static dev.volute.nn.Layers.embedding;
import static dev.volute.nn.Layers.flatten;
import static dev.volute.nn.Layers.gru;
import static dev.volute.nn.Layers.lstm;
import static dev.volute.nn.Layers.maxPool2d;
import static dev.volute.nn.Layers.relu;
import static dev.volute.nn.Layers.softmax;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.VoluteException;
import dev.volute.conformance.asserting.AssertingBackend;
import dev.volute.graph.GraphBuilder;
import dev.volute.graph.Value;
import dev.volute.graph.Variable;
import dev.volute.nn.Layer;
import dev.volute.nn.Model;
import dev.volute.nn.Network;
import dev.volute.nn.Program;
import dev.volute.nn.StreamSession;
import dev.volute.spi.Backend;
import dev.volute.spi.Backends;
import dev.volute.tensor.Shape;
import dev.volute.tensor.ShapeException;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models and their programs, run on the reference backend. */
class ModelTest {
  private static final Network SMALL_CNN =
      Network.of(conv2d(3, 3), relu(), maxPool2d(2), dropout(0.5), flatten(), dense(4), softmax());

  private static Backend backend;

  @BeforeAll
  static void open() {
    backend = new AssertingBackend(Backends.open("reference"));
  }

  @AfterAll
  static void close() {
    backend.close();
  }

  @Test
  void predictionsOfABatchAreThoseOfItsSamples() {
    try (Model model = SMALL_CNN.init(Shape.of(2, 9, 9), backend, 1)) {
      Tensor batch = random(Shape.of(5, 2, 9, 9), 2);
      Tensor together = model.predict(batch);
      assertEquals(Shape.of(5, 4), together.shape());
      for (int i = 0; i < 5; i++) {
        Tensor alone = model.predict(batch.rows(i, i + 1));
        assertArrayEquals(together.rows(i, i + 1).floats(), alone.floats(), 1e-6f);
      }
    }
  }

  @Test
  void severalThreadsPredictForMoreTypesThanAreKept() throws Exception {
    Network network = Network.of(dense(2), relu());
    List<Integer> sizes = IntStream.rangeClosed(1, 50).boxed().toList();
    try (Model model = network.init(Shape.of(3), backend, 1)) {
      Program held = model.predictor(TensorType.f32(51, 3));
      List<Tensor> batches = sizes.stream().map(size -> random(Shape.of(size, 3), size)).toList();
      List<Tensor> alone = batches.stream().map(model::predict).toList();
      ExecutorService pool = Executors.newFixedThreadPool(4);
      try {
        List<Future<List<Tensor>>> running = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
          running.add(pool.submit(() -> batches.stream().map(model::predict).toList()));
        }
        for (Future<List<Tensor>> each : running) {
          assertEquals(alone, each.get());
        }
      } finally {
        pool.shutdownNow();
      }
      Tensor last = random(Shape.of(51, 3), 51);
      List<Tensor> outputs = held.newOutputs();
      held.run(List.of(last), outputs, accepted -> true);
      assertEquals(model.predict(last), outputs.get(0));
    }
  }

  @Test
  void theSameSeedGivesTheSameParameters() {
    try (Model one = SMALL_CNN.init(Shape.of(2, 9, 9), backend, 7);
        Model same = SMALL_CNN.init(Shape.of(2, 9, 9), backend, 7);
        Model other = SMALL_CNN.init(Shape.of(2, 9, 9), backend, 8)) {
      assertEquals(one.values(), same.values());
      assertFalse(one.values().equals(other.values()));
      float bound = (float) (1 / Math.sqrt(2 * 3 * 3));
      for (float weight : one.values().get("conv2d1/weight").floats()) {
        assertTrue(Math.abs(weight) <= bound);
      }
    }
  }

  @Test
  void aBatchThatDoesNotFitIsRefused() {
    try (Model model = SMALL_CNN.init(Shape.of(2, 9, 9), backend, 1)) {
      String axes =
          assertThrows(ShapeException.class, () -> model.predict(random(Shape.of(2, 9, 9), 1)))
              .getMessage();
      assertTrue(axes.contains("F32[2, 9, 9]"), axes);
      String channels =
          assertThrows(ShapeException.class, () -> model.predict(random(Shape.of(1, 3, 9, 9), 1)))
              .getMessage();
      assertTrue(channels.contains("conv2d1"), channels);
      assertThrows(ShapeException.class, () -> model.predict(random(Shape.of(0, 2, 9, 9), 1)));
    }
  }

  @Test
  void severalThreadsPredictOnOneModel() throws Exception {
    try (Model model = SMALL_CNN.init(Shape.of(2, 9, 9), backend, 1)) {
      List<Tensor> batches = new ArrayList<>();
      List<Tensor> expected = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        batches.add(random(Shape.of(1 + i % 3, 2, 9, 9), i));
        expected.add(model.predict(batches.get(i)));
      }
      ExecutorService pool = Executors.newFixedThreadPool(4);
      try {
        List<Future<?>> running = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
          running.add(
              pool.submit(
                  () -> {
                    for (int i = 0; i < 16; i++) {
                      assertEquals(expected.get(i), model.predict(batches.get(i)));
                    }
                  }));
        }
        for (Future<?> each : running) {
          each.get();
        }
      } finally {
        pool.shutdownNow();
      }
    }
  }

  @Test
  void stepsOfAStreamAreTheStepsOfTheSequence() {
    Network network = Network.of(embedding(9, 5), lstm(6), gru(4), dense(3));
    try (Model model = network.init(Shape.of(7), backend, 3)) {
      Tensor ids = Tensor.of(Shape.of(2, 7), 1, 8, 3, 0, 2, 2, 5, 4, 4, 4, 7, 6, 1, 0);
      Tensor whole = model.predict(ids);
      StreamSession stream = model.stream(2);
      for (int round = 0; round < 2; round++) {
        for (int t = 0; t < 7; t++) {
          Tensor step = stream.step(Tensor.of(Shape.of(2), ids.ints()[t], ids.ints()[7 + t]));
          assertEquals(Shape.of(2, 3), step.shape());
          for (int b = 0; b < 2; b++) {
            for (int i = 0; i < 3; i++) {
              assertEquals(whole.get((b * 7 + t) * 3 + i), step.get(b * 3 + i), 1e-6);
            }
          }
        }
        stream.reset();
      }
    }
  }

  @Test
  void warmingUpChangesNeitherPredictionsNorStreams() {
    Network network = Network.of(embedding(9, 5), lstm(6), gru(4), dense(3));
    try (Model model = network.init(Shape.of(3), backend, 3)) {
      Tensor ids = Tensor.of(Shape.of(2, 3), 1, 8, 3, 0, 2, 2);
      Tensor before = model.predict(ids);
      assertTrue(model.warmUp(ids.type(), Duration.ofMillis(20)).runs() > 0);
      assertArrayEquals(before.floats(), model.predict(ids).floats());

      StreamSession plain = model.stream();
      StreamSession warm = model.stream();
      plain.step(Tensor.of(Shape.of(1), 4));
      Tensor output = warm.step(Tensor.of(Shape.of(1), 4));
      float[] expected = output.floats().clone();
      assertTrue(warm.warmUp(Duration.ofMillis(20)).runs() > 0);
      assertArrayEquals(expected, output.floats());
      Tensor next = Tensor.of(Shape.of(1), 7);
      assertArrayEquals(plain.step(next).floats(), warm.step(next).floats());
    }
  }

  @Test
  void anIndexOutsideItsTableNamesTheLayer() {
    for (Layer behind : List.of(dense(3), lstm(4))) {
      Network network = Network.of(embedding(9, 5), behind);
      try (Model model = network.init(Shape.of(2), backend, 3)) {
        Tensor ids = Tensor.of(Shape.of(1, 2), 3, 9);
        String message = assertThrows(VoluteException.class, () -> model.predict(ids)).getMessage();
        assertTrue(message.contains("embedding1") && message.contains("9"), message);
      }
    }
  }

  @Test
  void variablesTakeTheirNewValuesTogetherAndOnlyIfTheRunIsAccepted() {
    try (Model model = Network.of(relu()).init(Shape.of(2), backend, 0)) {
      Variable a = new Variable("a", TensorType.f32(2));
      Variable b = new Variable("b", TensorType.f32(2));
      model.define(a, Tensor.of(Shape.of(2), 1f, 2f));
      model.define(b, Tensor.of(Shape.of(2), 10f, 20f));
      GraphBuilder builder = new GraphBuilder();
      Value first = builder.variable(a);
      Value second = builder.variable(b);
      Map<Variable, Value> updates = new LinkedHashMap<>();
      updates.put(a, second);
      updates.put(b, first.add(second));
      Program program = model.compile(builder.build(List.of(first.sumAll()), updates));
      List<Tensor> outputs = program.newOutputs();

      assertFalse(program.run(List.of(), outputs, sums -> sums.get(0).floats()[0] > 3));
      assertEquals(Tensor.of(Shape.of(2), 1f, 2f), model.read(a));
      assertTrue(program.run(List.of(), outputs, sums -> sums.get(0).floats()[0] == 3));
      assertEquals(Tensor.of(Shape.of(2), 10f, 20f), model.read(a));
      assertEquals(Tensor.of(Shape.of(2), 11f, 22f), model.read(b));
      program.run(List.of(), outputs, sums -> true);
      assertEquals(Tensor.of(Shape.of(2), 11f, 22f), model.read(a));
      assertEquals(Tensor.of(Shape.of(2), 21f, 42f), model.read(b));
    }
  }

  @Test
  void loadedParametersTakePartInTheNextPrediction() {
    try (Model trained = SMALL_CNN.init(Shape.of(2, 9, 9), backend, 1);
        Model other = SMALL_CNN.init(Shape.of(2, 9, 9), backend, 2)) {
      Tensor batch = random(Shape.of(3, 2, 9, 9), 4);
      Tensor before = other.predict(batch);
      other.load(trained.values());
      assertEquals(trained.predict(batch), other.predict(batch));
      assertFalse(before.equals(other.predict(batch)));
      Map<String, Tensor> wrong = new LinkedHashMap<>(trained.values());
      wrong.remove("dense1/bias");
      String message = assertThrows(VoluteException.class, () -> other.load(wrong)).getMessage();
      assertTrue(message.contains("dense1/bias"), message);
    }
  }

  @Test
  void aModelIsReadFromWhatAnotherOneSaved(@TempDir Path folder) {
    Path file = folder.resolve("model.safetensors");
    Shape sample = Shape.of(2, 9, 9);
    try (Model saved = SMALL_CNN.init(sample, backend, 1)) {
      saved.save(file);
      try (Model read = SMALL_CNN.read(file, sample, backend)) {
        assertEquals(saved.values(), read.values());
        Tensor batch = random(Shape.of(5, 2, 9, 9), 2);
        assertEquals(saved.predict(batch), read.predict(batch));
      }
    }
    Network other = Network.of(flatten(), dense(4));
    String names =
        assertThrows(VoluteException.class, () -> other.read(file, sample, backend)).getMessage();
    assertTrue(names.contains("model.safetensors"), names);
    assertTrue(names.contains("conv2d1/weight"), names);
    String shapes =
        assertThrows(VoluteException.class, () -> SMALL_CNN.read(file, Shape.of(3, 9, 9), backend))
            .getMessage();
    assertTrue(shapes.contains("model.safetensors"), shapes);
    assertTrue(shapes.contains("F32[3, 2, 3, 3]"), shapes);
  }

  @Test
  void aClosedModelSaysSo() {
    Model model = SMALL_CNN.init(Shape.of(2, 9, 9), backend, 1);
    model.close();
    model.close();
    String message =
        assertThrows(
                IllegalStateException.class, () -> model.predict(random(Shape.of(1, 2, 9, 9), 1)))
            .getMessage();
    assertTrue(message.contains("closed"), message);
  }
}
