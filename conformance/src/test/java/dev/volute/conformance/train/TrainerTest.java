package dev.volute.conformance.train;

import static dev.volute.nn.Layers.dense;
import static dev.volute.nn.Layers.dropout;
import static dev.volute.nn.Layers.embedding;
import static dev.volute.nn.Layers.gru;
import static dev.volute.nn.Layers.relu;
import static dev.volute.train.BatchSize.batchSize;
import static dev.volute.train.Epochs.epochs;
import static dev.volute.train.Listeners.checkpoints;
import static dev.volute.train.Listeners.earlyStopping;
import static dev.volute.train.Listeners.progressBar;
import static dev.volute.train.Losses.meanSquaredError;
import static dev.volute.train.Losses.softmaxCrossEntropy;
import static dev.volute.train.Metrics.accuracy;
import static dev.volute.train.Metrics.meanAbsoluteError;
import static dev.volute.train.Optimizers.adam;
import static dev.volute.train.Optimizers.sgd;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.VoluteException;
import dev.volute.conformance.asserting.AssertingBackend;
import dev.volute.data.Batch;
import dev.volute.data.Dataset;
import dev.volute.graph.Copy;
import dev.volute.graph.Fill;
import dev.volute.graph.Gather;
import dev.volute.graph.Select;
import dev.volute.nn.Model;
import dev.volute.nn.Network;
import dev.volute.random.Philox;
import dev.volute.spi.Backend;
import dev.volute.spi.Backends;
import dev.volute.spi.ForwardingBackend;
import dev.volute.spi.OpCall;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.ShapeException;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import dev.volute.train.EpochResult;
import dev.volute.train.History;
import dev.volute.train.Listener;
import dev.volute.train.NonFiniteLossException;
import dev.volute.train.Progress;
import dev.volute.train.Trainer;
import dev.volute.train.Training;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training, run on the reference backend. */
class TrainerTest {
  private static final Network LINE = Network.of(dense(1));
  private static final Network CLASSIFIER = Network.of(dense(8), relu(), dropout(0.25), dense(3));

  private static Backend backend;

  @BeforeAll
  static void open() {
    backend = new AssertingBackend(Backends.open("reference"));
  }

  @AfterAll
  static void close() {
    backend.close();
  }

  /** Points of {@code y = 2 x + 1}. */
  private static Dataset line(int points) {
    Tensor x = Tensor.zeros(TensorType.f32(points, 1));
    Tensor y = Tensor.zeros(TensorType.f32(points, 1));
    for (int i = 0; i < points; i++) {
      x.floats()[i] = (float) Math.sin(i);
      y.floats()[i] = 2 * x.floats()[i] + 1;
    }
    return Dataset.of(x, y);
  }

  /** Points in the plane, labelled by the third of the circle that they lie in. */
  private static Dataset thirds(int points) {
    Tensor x = Tensor.zeros(TensorType.f32(points, 2));
    Tensor labels = Tensor.zeros(TensorType.i32(points));
    Philox random = new Philox(5, 0, 0);
    for (int i = 0; i < points; i++) {
      double angle = random.uniform(i) * 2 * Math.PI;
      x.floats()[2 * i] = (float) Math.cos(angle);
      x.floats()[2 * i + 1] = (float) Math.sin(angle);
      labels.ints()[i] = (int) (angle * 3 / (2 * Math.PI));
    }
    return Dataset.of(x, labels);
  }

  private static Trainer classifierTrainer(Model model) {
    return Trainer.of(model)
        .loss(softmaxCrossEntropy())
        .metrics(accuracy())
        .optimizer(adam(0.02))
        .seed(3);
  }

  /** Runs primitives of single precision, as every backend must, and moves whole numbers. */
  private static final class SinglePrecisionOnly extends ForwardingBackend {
    private static final Set<Class<?>> MOVES =
        Set.of(Copy.class, Fill.class, Gather.class, Select.class);

    SinglePrecisionOnly() {
      super(Backends.open("reference"));
    }

    @Override
    public boolean claims(OpCall call) {
      boolean single =
          Stream.concat(call.inputs().stream(), call.outputs().stream())
              .anyMatch(type -> type.dtype() == DType.F32);
      return call.op().lowering().isEmpty()
          && (single || MOVES.contains(call.op().getClass()))
          && super.claims(call);
    }
  }

  @Test
  void whatEveryBackendMustRunIsEnoughToTrainAClassifier() {
    Dataset data = thirds(30);
    try (Backend least = new SinglePrecisionOnly();
        Model lowered = CLASSIFIER.init(Shape.of(2), least, 1);
        Model claimed = CLASSIFIER.init(Shape.of(2), backend, 1)) {
      Map<String, Double> one =
          classifierTrainer(lowered).fit(data, data, epochs(1), batchSize(10)).last().training();
      Map<String, Double> other =
          classifierTrainer(claimed).fit(data, data, epochs(1), batchSize(10)).last().training();
      assertEquals(other.keySet(), one.keySet());
      other.forEach((name, value) -> assertEquals(value, one.get(name), 1e-4, name));
    }
  }

  @Test
  void aStepOfGradientDescentIsTheOneDerivedByHand() {
    try (Model model = LINE.init(Shape.of(1), backend, 1);
        Training training =
            Trainer.of(model).loss(meanSquaredError()).optimizer(sgd(0.1)).start()) {
      double w = model.values().get("dense1/weight").get(0);
      double b = model.values().get("dense1/bias").get(0);
      Batch batch = line(7).batch(0, 1, 2, 3, 4, 5, 6);
      double loss = 0;
      double dw = 0;
      double db = 0;
      for (int i = 0; i < 7; i++) {
        double x = batch.inputs().get(i);
        double error = w * x + b - batch.targets().get(i);
        loss += error * error / 7;
        dw += 2 * error * x / 7;
        db += 2 * error / 7;
      }
      assertEquals(loss, training.step(batch), 1e-6);
      assertEquals(w - 0.1 * dw, model.values().get("dense1/weight").get(0), 1e-6);
      assertEquals(b - 0.1 * db, model.values().get("dense1/bias").get(0), 1e-6);
    }
  }

  @Test
  void clippedGradientsHaveTheNormAskedFor() {
    try (Model model = LINE.init(Shape.of(1), backend, 1);
        Training training =
            Trainer.of(model)
                .loss(meanSquaredError())
                .optimizer(sgd(1))
                .clipGradients(0.01)
                .start()) {
      double w = model.values().get("dense1/weight").get(0);
      double b = model.values().get("dense1/bias").get(0);
      training.step(line(7).batch(0, 1, 2, 3, 4, 5, 6));
      double dw = w - model.values().get("dense1/weight").get(0);
      double db = b - model.values().get("dense1/bias").get(0);
      assertEquals(0.01, Math.hypot(dw, db), 1e-5);
    }
  }

  @Test
  void aScheduleScalesTheRate() {
    try (Model model = LINE.init(Shape.of(1), backend, 1);
        Training training =
            Trainer.of(model)
                .loss(meanSquaredError())
                .optimizer(sgd(0.1))
                .schedule(step -> step == 1 ? 0 : 1)
                .start()) {
      Map<String, Tensor> before = model.values();
      training.step(line(7).batch(0, 1, 2));
      assertEquals(before, model.values());
      training.step(line(7).batch(0, 1, 2));
      assertNotEquals(before, model.values());
    }
  }

  @Test
  void fittingLearnsAndTellsHowItWent() {
    Dataset.Split split = thirds(300).split(240);
    try (Model model = CLASSIFIER.init(Shape.of(2), backend, 1)) {
      StringWriter lines = new StringWriter();
      PrintWriter out = new PrintWriter(lines);
      Trainer trainer = classifierTrainer(model).listeners(progressBar(out, false));
      History history = trainer.fit(split.first(), split.second(), epochs(12), batchSize(32));
      assertEquals(12, history.epochs().size());
      assertTrue(history.last().validation().get("accuracy") > 0.9, history.toString());
      assertTrue(
          history.last().training().get("cross-entropy")
              < history.epochs().get(0).training().get("cross-entropy"));
      assertEquals(
          history.last().loss(),
          trainer.evaluate(split.second(), batchSize(7)).get("cross-entropy"),
          1e-6);
      List<String> told = lines.toString().lines().toList();
      assertEquals(12, told.size());
      assertTrue(
          told.get(11).matches("epoch 12/12  cross-entropy \\d.*validation accuracy [01]\\..* s"),
          told.get(11));
    }
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    assertEquals(losses(1), losses(1));
    assertNotEquals(losses(1), losses(2));
  }

  private static List<Double> losses(long seed) {
    try (Model model = CLASSIFIER.init(Shape.of(2), backend, 1)) {
      return classifierTrainer(model)
          .seed(seed)
          .fit(thirds(50), epochs(3), batchSize(16))
          .epochs()
          .stream()
          .map(EpochResult::loss)
          .collect(Collectors.toList());
    }
  }

  @Test
  void targetsOfMinusOneCountForNothing() {
    try (Model model = CLASSIFIER.init(Shape.of(2), backend, 1)) {
      Batch five = thirds(5).batch(0, 1, 2, 3, 4);
      Tensor labels = Tensor.of(Shape.of(5), five.targets().ints().clone());
      labels.ints()[3] = -1;
      labels.ints()[4] = -1;
      Trainer trainer = classifierTrainer(model);
      Map<String, Double> all = trainer.evaluate(thirds(5).slice(0, 3), batchSize(5));
      Map<String, Double> some = trainer.evaluate(Dataset.of(five.inputs(), labels), batchSize(5));
      assertEquals(all.get("cross-entropy"), some.get("cross-entropy"), 1e-6);
      assertEquals(all.get("accuracy"), some.get("accuracy"), 1e-6);
    }
  }

  @Test
  void carriedStatesMakeTwoBatchesOneSequence() {
    Network network = Network.of(embedding(4, 3), gru(5), dense(4));
    int[] ids = {1, 3, 2, 0, 1, 1, 3, 2, 0};
    try (Model model = network.init(Shape.of(4), backend, 1)) {
      Trainer trainer =
          Trainer.of(model).loss(softmaxCrossEntropy()).optimizer(sgd(0)).carryStates();
      double whole = trainer.evaluate(window(ids, 0, 8), batchSize(1)).get("cross-entropy");
      try (Training training = trainer.start()) {
        double first = training.step(window(ids, 0, 4).batch(0));
        double second = training.step(window(ids, 4, 4).batch(0));
        assertEquals(whole, (first + second) / 2, 1e-6);
        training.forgetStates();
        assertEquals(first, training.step(window(ids, 0, 4).batch(0)), 1e-6);
      }
    }
  }

  private static Dataset window(int[] ids, int from, int time) {
    int[] inputs = java.util.Arrays.copyOfRange(ids, from, from + time);
    int[] targets = java.util.Arrays.copyOfRange(ids, from + 1, from + time + 1);
    return Dataset.of(Tensor.of(Shape.of(1, time), inputs), Tensor.of(Shape.of(1, time), targets));
  }

  @Test
  void earlyStoppingKeepsTheBestEpoch() {
    try (Model model = LINE.init(Shape.of(1), backend, 1)) {
      // A rate that overshoots: the loss grows from the first epoch on.
      History history =
          Trainer.of(model)
              .loss(meanSquaredError())
              .metrics(meanAbsoluteError())
              .optimizer(sgd(1.5))
              .listeners(earlyStopping(2))
              .fit(line(32), line(32), epochs(9), batchSize(32));
      assertEquals(3, history.epochs().size());
      Map<String, Double> kept =
          Trainer.of(model)
              .loss(meanSquaredError())
              .metrics(meanAbsoluteError())
              .evaluate(line(32), batchSize(32));
      assertEquals(history.epochs().get(0).validation(), kept);
    }
  }

  @Test
  void checkpointsHoldTheModelOfTheirEpoch(@TempDir Path folder) throws Exception {
    Path into = folder.resolve("a/b");
    try (Model model = CLASSIFIER.init(Shape.of(2), backend, 1);
        Model loaded = CLASSIFIER.init(Shape.of(2), backend, 2)) {
      classifierTrainer(model)
          .listeners(checkpoints(into))
          .fit(thirds(20), epochs(2), batchSize(8));
      try (Stream<Path> files = Files.list(into)) {
        assertEquals(
            List.of("epoch-001.safetensors", "epoch-002.safetensors"),
            files.map(file -> file.getFileName().toString()).sorted().toList());
      }
      loaded.load(into.resolve("epoch-002.safetensors"));
      assertEquals(model.values(), loaded.values());
      loaded.load(into.resolve("epoch-001.safetensors"));
      assertNotEquals(model.values(), loaded.values());
    }
  }

  @Test
  void aLossThatIsNotFiniteStopsBeforeTheUpdate() {
    try (Model model = CLASSIFIER.init(Shape.of(2), backend, 1)) {
      Map<String, Tensor> values = model.values();
      Tensor inputs = Tensor.of(Shape.of(1, 2), Float.NaN, 1f);
      Dataset bad = Dataset.of(inputs, Tensor.of(Shape.of(1), 2));
      Told told = new Told();
      NonFiniteLossException stopped =
          assertThrows(
              NonFiniteLossException.class,
              () -> classifierTrainer(model).listeners(told).fit(bad, epochs(1), batchSize(1)));
      assertEquals(1, stopped.step());
      assertEquals("the input", stopped.origin());
      assertEquals(values, model.values());
      assertTrue(told.finished);
    }
  }

  private static final class Told implements Listener {
    private boolean finished;

    @Override
    public void finished(Model model, Progress progress) {
      finished = true;
    }
  }

  @Test
  void aLossThatIsNotFiniteNamesTheLayer() {
    try (Model model = CLASSIFIER.init(Shape.of(2), backend, 1)) {
      Map<String, Tensor> values = model.values();
      java.util.Arrays.fill(values.get("dense1/weight").floats(), 3e38f);
      model.load(values);
      NonFiniteLossException stopped =
          assertThrows(
              NonFiniteLossException.class,
              () -> classifierTrainer(model).fit(thirds(8), epochs(1), batchSize(8)));
      assertTrue(stopped.origin().contains("layer dense1"), stopped.getMessage());
      assertTrue(stopped.getMessage().contains("step 1"), stopped.getMessage());
    }
  }

  @Test
  void whatCannotBeTrainedIsRefused() {
    assertThrows(VoluteException.class, () -> batchSize(0));
    assertThrows(VoluteException.class, () -> epochs(0));
    assertThrows(VoluteException.class, () -> adam(-1));
    assertThrows(VoluteException.class, () -> sgd(0.1, 1));
    assertThrows(VoluteException.class, () -> earlyStopping(0));
    try (Model model = CLASSIFIER.init(Shape.of(2), backend, 1)) {
      Trainer trainer = classifierTrainer(model);
      assertThrows(VoluteException.class, () -> trainer.clipGradients(0));
      assertThrows(
          VoluteException.class, () -> trainer.fit(thirds(8).slice(0, 0), epochs(1), batchSize(8)));
      VoluteException noLoss =
          assertThrows(
              VoluteException.class, () -> Trainer.of(model).optimizer(adam(1e-3)).start());
      assertTrue(noLoss.getMessage().contains("no loss"));
      ShapeException targets =
          assertThrows(
              ShapeException.class,
              () ->
                  trainer.fit(
                      Dataset.of(
                          Tensor.zeros(TensorType.f32(4, 2)), Tensor.zeros(TensorType.f32(4))),
                      epochs(1),
                      batchSize(4)));
      assertTrue(
          targets.getMessage().contains("cross-entropy")
              && targets.getMessage().contains("F32[4, 3]"),
          targets.getMessage());
      VoluteException label =
          assertThrows(
              VoluteException.class,
              () ->
                  trainer.fit(
                      Dataset.of(Tensor.zeros(TensorType.f32(1, 2)), Tensor.of(Shape.of(1), 3)),
                      epochs(1),
                      batchSize(4)));
      assertTrue(
          label.getMessage().contains("cross-entropy") && label.getMessage().contains("3"),
          label.getMessage());
      assertFalse(model.values().isEmpty());
    }
  }
}
