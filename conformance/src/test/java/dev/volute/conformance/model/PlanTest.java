package dev.volute.conformance.model;

import static dev.volute.conformance.model.RandomTensors.random;
import static dev.volute.nn.Layers.batchNorm;
import static dev.volute.nn.Layers.conv2d;
import static dev.volute.nn.Layers.dense;
import static dev.volute.nn.Layers.dropout;
import static dev.volute.nn.Layers.flatten;
import static dev.volute.nn.Layers.maxPool2d;
import static dev.volute.nn.Layers.relu;
import static dev.volute.nn.Layers.relu6;
import static dev.volute.nn.Layers.residual;
import static dev.volute.nn.Layers.softmax;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.conformance.asserting.AssertingBackend;
import dev.volute.conformance.wrapper.PrimitivesOnly;
import dev.volute.data.Batch;
import dev.volute.graph.GraphBuilder;
import dev.volute.graph.Value;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.nn.Model;
import dev.volute.nn.Network;
import dev.volute.nn.Padding;
import dev.volute.nn.Program;
import dev.volute.spi.Backend;
import dev.volute.spi.Backends;
import dev.volute.spi.ForwardingBackend;
import dev.volute.spi.OpCall;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import dev.volute.train.Losses;
import dev.volute.train.Optimizers;
import dev.volute.train.Trainer;
import dev.volute.train.Training;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What plans make of graphs, on the reference backend. */
class PlanTest {
  private static final Network SMALL_CNN =
      Network.of(conv2d(3, 3), relu(), maxPool2d(2), dropout(0.5), flatten(), dense(4), softmax());

  private static final Network RESIDUAL =
      Network.of(
          conv2d(3, 3).padding(Padding.same()),
          relu(),
          residual(
              Network.of(
                  conv2d(3, 3).padding(Padding.same()),
                  batchNorm(),
                  relu(),
                  conv2d(3, 3).padding(Padding.same()),
                  batchNorm())),
          relu(),
          residual(Network.of(conv2d(4, 1), batchNorm()), Network.of(conv2d(4, 1), batchNorm())),
          relu(),
          flatten(),
          dense(2));

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
  void plansDropWhatIsRepeatedOrUnread() {
    try (Model model = Network.of(relu()).init(Shape.of(2), backend, 0)) {
      GraphBuilder builder = new GraphBuilder();
      Value x = builder.input("x", TensorType.f32(100));
      x.exp().log();
      Value once = x.tanh().add(x.tanh());
      Program program = model.compile(builder.build(List.of(once), Map.of()));
      String plan = program.describe();
      assertEquals(1, plan.split("TANH", -1).length - 1, plan);
      assertFalse(plan.contains("EXP") || plan.contains("LOG"), plan);
      Tensor result = program.newOutputs().get(0);
      program.run(List.of(random(Shape.of(100), 5)), List.of(result), accepted -> true);
      assertEquals(2 * Math.tanh(random(Shape.of(100), 5).get(17)), result.get(17), 1e-6);
    }
  }

  @Test
  void aChainOfElementwiseOpsRunsInOneBuffer() {
    try (Model model = Network.of(relu()).init(Shape.of(2), backend, 0)) {
      GraphBuilder builder = new GraphBuilder();
      Value x = builder.input("x", TensorType.f32(1000));
      Program program =
          model.compile(builder.build(List.of(x.tanh().exp().relu().sqrt().sigmoid()), Map.of()));
      assertTrue(program.peakBytes() <= 2 * 4096, program.describe());
    }
  }

  @Test
  void batchNormalisationBehindAConvolutionIsPartOfItInPrediction() {
    Network plain = Network.of(conv2d(4, 3));
    Network normed = Network.of(conv2d(4, 3), batchNorm(), relu());
    try (Model convolution = plain.init(Shape.of(2, 6, 6), backend, 1);
        Model both = normed.init(Shape.of(2, 6, 6), backend, 2)) {
      for (int round = 1; round <= 2; round++) {
        Map<String, Tensor> values = new LinkedHashMap<>(both.values());
        values.putAll(convolution.values());
        for (String name : List.of("gamma", "beta", "mean", "variance")) {
          values.put("batchnorm1/" + name, random(Shape.of(4), round + name.length()));
        }
        both.load(values);
        Tensor batch = random(Shape.of(3, 2, 6, 6), 7);
        Tensor products = convolution.predict(batch);
        Tensor outputs = both.predict(batch);
        for (int i = 0; i < products.length(); i++) {
          int channel = i / 16 % 4;
          double expected =
              values.get("batchnorm1/gamma").get(channel)
                      * (products.get(i) - values.get("batchnorm1/mean").get(channel))
                      / Math.sqrt(values.get("batchnorm1/variance").get(channel) + 1e-5)
                  + values.get("batchnorm1/beta").get(channel);
          assertEquals(Math.max(0, expected), outputs.get(i), 1e-5);
        }
      }
      String plan = both.predictor(TensorType.f32(3, 2, 6, 6)).describe();
      assertFalse(plan.contains("BatchNorm") || plan.contains("SQRT"), plan);
    }
  }

  @Test
  void residualsAndActivationsArePartOfWhatComesBefore() {
    Shape sample = Shape.of(3, 5, 6);
    Tensor images = random(sample.prepend(4), 3);
    try (Backend primitives = new PrimitivesOnly(Backends.open("reference"));
        Model joint = RESIDUAL.init(sample, backend, 1);
        Model lowered = RESIDUAL.init(sample, primitives, 1)) {
      String plan = joint.predictor(images.type()).describe();
      assertFalse(plan.contains("function=ADD") || plan.contains("function=RELU"), plan);
      Tensor expected = lowered.predict(images);
      Tensor got = joint.predict(images);
      for (int i = 0; i < expected.length(); i++) {
        assertEquals(expected.get(i), got.get(i), 1e-5);
      }
      Batch batch = new Batch(images, Tensor.of(Shape.of(4), 0, 1, 1, 0));
      try (Training one = training(joint);
          Training other = training(lowered)) {
        String step = one.describe(batch);
        assertFalse(step.contains("function=RELU]"), step);
        assertTrue(step.contains("residual=true, activation=RELU"), step);
        assertEquals(1, count("BatchNormGradient.*activation=RELU", step), step);
        assertEquals(2, count("ConvolutionInputGradient.*residual=true, activation=RELU", step));
        // That of the last one, to which no convolution's gradient leads.
        assertEquals(1, count("RELU_GRADIENT", step), step);
        for (int i = 0; i < 10; i++) {
          assertEquals(other.step(batch), one.step(batch), 1e-5);
        }
      }
    }
  }

  private static int count(String pattern, String text) {
    return text.split(pattern, -1).length - 1;
  }

  private static Training training(Model model) {
    return Trainer.of(model)
        .loss(Losses.softmaxCrossEntropy())
        .optimizer(Optimizers.sgd(0.1))
        .start();
  }

  @Test
  void aLimitedReluIsPartOfWhatComesBefore() {
    Network network = Network.of(conv2d(3, 3), batchNorm(), relu6(), flatten(), dense(2), relu6());
    Shape sample = Shape.of(2, 5, 5);
    try (Backend primitives = new PrimitivesOnly(Backends.open("reference"));
        Model joint = network.init(sample, backend, 1);
        Model lowered = network.init(sample, primitives, 1)) {
      Map<String, Tensor> values = new LinkedHashMap<>(joint.values());
      values.computeIfPresent(
          "batchnorm1/gamma", (name, ones) -> Tensor.of(Shape.of(3), 9f, 9f, 9f));
      joint.load(values);
      lowered.load(values);
      Tensor images = random(sample.prepend(4), 3);
      String plan = joint.predictor(images.type()).describe();
      assertFalse(plan.contains("RELU]") || plan.contains("MINIMUM"), plan);
      Tensor expected = lowered.predict(images);
      Tensor got = joint.predict(images);
      for (int i = 0; i < expected.length(); i++) {
        assertEquals(expected.get(i), got.get(i), 1e-4);
      }
      Batch batch = new Batch(images, Tensor.of(Shape.of(4), 0, 1, 1, 0));
      try (Training one = training(joint);
          Training other = training(lowered)) {
        for (int i = 0; i < 5; i++) {
          assertEquals(other.step(batch), one.step(batch), 1e-5);
        }
      }
    }
  }

  @Test
  void convolutionsBehindConvolutionsAreOneChainInPrediction() {
    Network network =
        Network.of(
            conv2d(4, 1), batchNorm(), relu6(), conv2d(4, 3).groups(4), relu(), conv2d(3, 1));
    Shape sample = Shape.of(2, 5, 5);
    TensorType images = TensorType.f32(3, 2, 5, 5);
    try (Backend apart = new PrimitivesOnly(Backends.open("reference"));
        Model joint = network.init(sample, backend, 1);
        Model lowered = network.init(sample, apart, 1)) {
      String plan = joint.predictor(images).describe();
      assertEquals(1, plan.lines().filter(line -> line.contains("Convolution")).count(), plan);
      assertTrue(plan.contains("ConvolutionChain"), plan);
      Tensor batch = random(images.shape(), 3);
      Tensor expected = lowered.predict(batch);
      Tensor got = joint.predict(batch);
      for (int i = 0; i < expected.length(); i++) {
        assertEquals(expected.get(i), got.get(i), 1e-5);
      }
    }
  }

  @Test
  void aResultThatSomethingElseReadsEndsAChain() {
    ConvolutionGeometry geometry =
        new ConvolutionGeometry(List.of(1), List.of(0), List.of(0), List.of(1), 1);
    Convolution convolution = new Convolution(geometry, false, Activation.IDENTITY);
    GraphBuilder builder = new GraphBuilder();
    Value x = builder.input("x", TensorType.f32(1, 2, 5));
    Value w = builder.input("w", TensorType.f32(2, 2, 1));
    Value first = x.apply(convolution, w);
    Value second = first.apply(convolution, w);
    try (Model model = SMALL_CNN.init(Shape.of(2, 9, 9), backend, 1)) {
      String both =
          model.compile(builder.build(List.of(second.exp(), first.exp()), Map.of())).describe();
      assertFalse(both.contains("ConvolutionChain"), both);
      String last = model.compile(builder.build(List.of(second.exp()), Map.of())).describe();
      assertTrue(last.contains("ConvolutionChain"), last);
    }
  }

  @Test
  void plansTellTheAlgorithmsThatTheBackendChose() {
    try (Backend choosing =
            new ForwardingBackend(Backends.open("reference")) {
              @Override
              public Optional<String> algorithm(OpCall call) {
                return call.op() instanceof Convolution
                    ? Optional.of("the definition, for lack of another")
                    : Optional.empty();
              }
            };
        Model model = SMALL_CNN.init(Shape.of(2, 9, 9), choosing, 1)) {
      List<String> told =
          model
              .predictor(TensorType.f32(1, 2, 9, 9))
              .describe()
              .lines()
              .filter(line -> line.contains(" by "))
              .toList();
      assertEquals(1, told.size(), told.toString());
      assertTrue(told.get(0).startsWith("conv2d1 "), told.get(0));
      assertTrue(told.get(0).endsWith(" by the definition, for lack of another"), told.get(0));
    }
  }
}
