package dev.volute.examples;

import static dev.volute.nn.Layers.conv2d;
import static dev.volute.nn.Layers.dense;
import static dev.volute.nn.Layers.globalAveragePool;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.volute.data.Batch;
import dev.volute.data.Batches;
import dev.volute.data.Dataset;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.nn.Model;
import dev.volute.nn.Network;
import dev.volute.spi.Backend;
import dev.volute.spi.OutOfMemoryException;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import dev.volute.train.Trainer;
import dev.volute.train.Training;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The programs' own networks and data: each backend goes the same way from the same seed. */
class AcrossBackendsTest {
  private static final long SEED = 1;
  private static final int STEPS = 100;
  private static final double AGREEMENT = 1e-3;

  private static final String VECTOR_PROPERTY = "volute.java.vector";

  /** Rounds of steps until the JVM has compiled the kernels. */
  private static final int ROUNDS = 40;

  private static final long FOR_THE_MEASUREMENT = 4096;

  /** A program's training, without its command line. */
  private record Job(
      Network network, Shape sample, Dataset data, BiFunction<Model, Long, Trainer> trainer) {

    static Job cnn() {
      ImageData images = ImageData.embedded().standardised();
      return new Job(
          CnnProgram.NETWORK,
          Shape.of(1, ImageData.SIDE, ImageData.SIDE),
          images.train(),
          (model, seed) -> CnnProgram.trainer(model, seed, CnnProgram.steps(images, 10, 64)));
    }

    static Job names() {
      Corpus corpus = Corpus.ofWords(ExampleData.firstNames());
      return new Job(
          NamesProgram.network(corpus.vocabulary().size(), RecurrentCell.GRU, 128),
          Shape.of(4),
          NamesProgram.dataset(corpus.train(), corpus),
          NamesProgram::trainer);
    }

    Model model(Backend backend) {
      return network.init(sample, backend, SEED);
    }

    List<Double> losses(String name) {
      List<Double> losses = new ArrayList<>();
      try (Backend backend = FastBackends.open(name);
          Model model = model(backend);
          Training training = trainer.apply(model, SEED).start()) {
        Iterator<Batch> batches = Batches.shuffled(data, 64, SEED, 1).iterator();
        for (int step = 0; step < STEPS; step++) {
          losses.add(training.step(batches.next()));
        }
      }
      return losses;
    }
  }

  private static void agree(Job job) {
    Map<String, List<Double>> all = new LinkedHashMap<>();
    FastBackends.names().forEach(name -> all.put(name, job.losses(name)));
    assumeTrue(all.size() > 1, "only one backend is built");
    Map.Entry<String, List<Double>> first = all.entrySet().iterator().next();
    all.forEach(
        (name, losses) -> {
          for (int step = 0; step < STEPS; step++) {
            double expected = first.getValue().get(step);
            assertEquals(
                expected,
                losses.get(step),
                AGREEMENT * expected,
                "loss at step " + (step + 1) + " of " + name + " and " + first.getKey());
          }
          assertTrue(losses.get(STEPS - 1) < losses.get(0), name + " learns");
        });
  }

  @Test
  void lossesOfTheCnnAgreeForAHundredSteps() {
    agree(Job.cnn());
  }

  @Test
  void lossesOfTheNamesAgreeForAHundredSteps() {
    agree(Job.names());
  }

  @ParameterizedTest
  @MethodSource("dev.volute.examples.FastBackends#names")
  void aRunRepeatsBitByBit(String name) {
    Job job = Job.names();
    assertEquals(job.losses(name), job.losses(name));
  }

  @ParameterizedTest
  @MethodSource("dev.volute.examples.FastBackends#names")
  void aStepAllocatesNothing(String name) {
    // Whether the JVM's compiler keeps a vector as an object is its choice, and differs from run to
    // run; plain loops have none, so that whatever is allocated is ours.
    System.setProperty(VECTOR_PROPERTY, "false");
    try {
      allocatesNothing(name);
    } finally {
      System.clearProperty(VECTOR_PROPERTY);
    }
  }

  private static void allocatesNothing(String name) {
    for (Job job : List.of(Job.cnn(), Job.names())) {
      try (Backend backend = FastBackends.open(name);
          Model model = job.model(backend);
          Training training = job.trainer().apply(model, SEED).start()) {
        Batch batch = job.data().batch(3, 1, 4, 15, 9, 2, 6, 5);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        List<Long> allocated = new ArrayList<>();
        do {
          long before = threads.getCurrentThreadAllocatedBytes();
          run(training, batch);
          allocated.add(threads.getCurrentThreadAllocatedBytes() - before);
        } while (allocated.get(allocated.size() - 1) > FOR_THE_MEASUREMENT
            && allocated.size() < ROUNDS);
        assertTrue(
            allocated.get(allocated.size() - 1) <= FOR_THE_MEASUREMENT,
            name + " allocated these bytes in rounds of 100 steps: " + allocated);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.volute.examples.FastBackends#names")
  void whatDoesNotFitInMemoryIsToldBeforeItRuns(String name) {
    Network wide = Network.of(conv2d(1_250_000, 1), globalAveragePool(), dense(2));
    try (Backend backend = FastBackends.open(name);
        Model model = wide.init(Shape.of(1, 28, 28), backend, SEED)) {
      Tensor batch = Tensor.zeros(TensorType.f32(256, 1, 28, 28));
      String message =
          assertThrows(OutOfMemoryException.class, () -> model.predict(batch)).getMessage();
      assertTrue(message.contains("bytes besides the parameters"), message);
      assertTrue(message.contains("smaller batch"), message);
      assertEquals(Shape.of(1, 2), model.predict(batch.rows(0, 1)).shape());
    }
  }

  private static void run(Training training, Batch batch) {
    for (int step = 0; step < STEPS; step++) {
      training.step(batch);
    }
  }
}
