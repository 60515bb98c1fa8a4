package dev.volute.nn;

import static dev.volute.nn.Layers.averagePool2d;
import static dev.volute.nn.Layers.batchNorm;
import static dev.volute.nn.Layers.bidirectional;
import static dev.volute.nn.Layers.conv2d;
import static dev.volute.nn.Layers.dense;
import static dev.volute.nn.Layers.dropout;
import static dev.volute.nn.Layers.embedding;
import static dev.volute.nn.Layers.flatten;
import static dev.volute.nn.Layers.globalAveragePool;
import static dev.volute.nn.Layers.gru;
import static dev.volute.nn.Layers.lastStep;
import static dev.volute.nn.Layers.lstm;
import static dev.volute.nn.Layers.maxPool2d;
import static dev.volute.nn.Layers.named;
import static dev.volute.nn.Layers.relu;
import static dev.volute.nn.Layers.residual;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.tensor.Shape;
import dev.volute.tensor.ShapeException;
import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NetworkTest {
  private static final Network LENET =
      Network.of(
          conv2d(20, 5),
          relu(),
          maxPool2d(2),
          conv2d(50, 5),
          relu(),
          maxPool2d(2),
          flatten(),
          dense(500),
          relu(),
          dense(10));

  private static Trace trace(Network network, TensorType input) {
    return network.trace(input, true, Tracer.ZEROS, Map.of());
  }

  private static String misfit(Network network, TensorType input) {
    return assertThrows(ShapeException.class, () -> trace(network, input)).getMessage();
  }

  @Test
  void lenetHasItsParametersUnderTheirPaths() {
    Trace trace = trace(LENET, TensorType.f32(64, 1, 28, 28));
    assertEquals(TensorType.f32(64, 10), trace.output().type());
    assertEquals(
        List.of(
            "conv2d1/weight [20, 1, 5, 5]",
            "conv2d1/bias [20]",
            "conv2d2/weight [50, 20, 5, 5]",
            "conv2d2/bias [50]",
            "dense1/weight [800, 500]",
            "dense1/bias [500]",
            "dense2/weight [500, 10]",
            "dense2/bias [10]"),
        trace.parameters().keySet().stream()
            .map(p -> p.path() + " " + p.variable().type().shape())
            .toList());
  }

  @Test
  void descriptionsAreComparableAndPrintable() {
    assertEquals(Network.of(conv2d(20, 5), relu()), Network.of(conv2d(20, 5), relu()));
    assertNotEquals(Network.of(conv2d(20, 5)), Network.of(conv2d(20, 3)));
    assertEquals(
        "Network[conv2d(50, 3x3, stride 2, padding same), relu, gru(7)]",
        Network.of(conv2d(50, 3).stride(2).padding(Padding.same()), relu(), gru(7)).toString());
  }

  @Test
  void paddingGivesTheLengthsOfTheDefinition() {
    for (int length : new int[] {5, 7, 12, 28}) {
      for (int kernel : new int[] {1, 2, 3, 5}) {
        TensorType image = TensorType.f32(1, 1, length, length);
        assertEquals(
            length - kernel + 1, height(conv2d(1, kernel).padding(Padding.valid()), image));
        assertEquals(length, height(conv2d(1, kernel).padding(Padding.same()), image));
        assertEquals(length + kernel - 1, height(conv2d(1, kernel).padding(Padding.full()), image));
        assertEquals(
            (length + 1) / 2, height(conv2d(1, kernel).padding(Padding.same()).stride(2), image));
        assertEquals(
            length + 3 - kernel + 1,
            height(conv2d(1, kernel).padding(Padding.of(1, 2, 0, 3)), image));
      }
    }
  }

  private static int height(Layer layer, TensorType image) {
    return trace(Network.of(layer), image).output().shape().dim(2);
  }

  @Test
  void aShapeThatDoesNotFitNamesTheLayerTheShapesAndWhatWouldFit() {
    String small = misfit(LENET, TensorType.f32(64, 1, 10, 10));
    assertTrue(small.contains("conv2d2"), small);
    assertTrue(small.contains("[64, 20, 3, 3]"), small);
    assertTrue(small.contains("larger image"), small);

    String notAnImage = misfit(LENET, TensorType.f32(64, 784));
    assertTrue(notAnImage.contains("conv2d1"), notAnImage);
    assertTrue(notAnImage.contains("[batch, channels, height, width]"), notAnImage);

    String groups =
        misfit(
            Network.of(named("encoder", Network.of(conv2d(6, 1).groups(3)))),
            TensorType.f32(1, 4, 8, 8));
    assertTrue(groups.startsWith("encoder/conv2d1"), groups);
    assertTrue(groups.contains("3 groups"), groups);

    String sequence = misfit(Network.of(relu(), lstm(4)), TensorType.f32(2, 3));
    assertTrue(sequence.contains("lstm1"), sequence);
    assertTrue(sequence.contains("[batch, time, features]"), sequence);

    String residual = misfit(Network.of(residual(conv2d(5, 1))), TensorType.f32(1, 3, 4, 4));
    assertTrue(residual.contains("residual1"), residual);
    assertTrue(residual.contains("[1, 5, 4, 4]") && residual.contains("[1, 3, 4, 4]"), residual);
  }

  @Test
  void aLayerOfTheUsersOwnNeedsOneMethod() {
    record Scale(float factor) implements Layer {
      @Override
      public dev.volute.graph.Value apply(dev.volute.graph.Value x, LayerScope scope) {
        return x.multiply(scope.parameter("scale", Shape.of(1), Initializer.constant(factor)));
      }
    }
    Trace trace = trace(Network.of(new Scale(2), new Scale(3)), TensorType.f32(4, 3));
    assertEquals(
        List.of("scale1/scale", "scale2/scale"),
        trace.parameters().keySet().stream().map(Parameter::path).toList());
  }

  @Test
  void everyLayerTakesWhatItSays() {
    Network images =
        Network.of(
            conv2d(6, 3).padding(Padding.same()).dilation(2).groups(3).withoutBias(),
            batchNorm(),
            relu(),
            averagePool2d(3).stride(2).padding(Padding.of(1)).withoutCountingPadding(),
            dropout(0.5),
            globalAveragePool(),
            dense(4));
    assertEquals(TensorType.f32(2, 4), trace(images, TensorType.f32(2, 3, 9, 9)).output().type());
    Network sequences = Network.of(embedding(11, 5), gru(6), lstm(7), lastStep(), dense(3));
    Trace trace = trace(sequences, TensorType.i32(2, 8));
    assertEquals(TensorType.f32(2, 3), trace.output().type());
    assertEquals(
        List.of("gru1/hidden", "lstm1/hidden", "lstm1/cell"),
        trace.states().stream().map(Trace.State::path).toList());
  }

  @Test
  void twoDirectionsHaveParametersOfTheirOwnAndNeedTheWholeSequence() {
    Network network = Network.of(bidirectional(gru(4)));
    Trace trace = trace(network, TensorType.f32(2, 8, 3));
    assertEquals(TensorType.f32(2, 8, 8), trace.output().type());
    assertEquals(
        List.of(
            "bidirectional1/forward/inputWeight",
            "bidirectional1/forward/recurrentWeight",
            "bidirectional1/forward/bias",
            "bidirectional1/backward/inputWeight",
            "bidirectional1/backward/recurrentWeight",
            "bidirectional1/backward/bias"),
        trace.trained().stream().map(Parameter::path).toList());
    assertEquals("Network[bidirectional(gru(4))]", network.toString());
    String carried =
        assertThrows(
                ShapeException.class,
                () -> network.trace(TensorType.f32(2, 8, 3), true, Tracer.GIVEN, Map.of()))
            .getMessage();
    assertTrue(carried.contains("bidirectional1") && carried.contains("end"), carried);
    assertTrue(misfit(network, TensorType.f32(2, 3)).contains("bidirectional1/forward"));
  }

  @Test
  void numbersThatMakeNoSenseAreRefusedAtOnce() {
    assertThrows(IllegalArgumentException.class, () -> conv2d(0, 3));
    assertThrows(IllegalArgumentException.class, () -> conv2d(4, -1));
    assertThrows(IllegalArgumentException.class, () -> dense(-5));
    assertThrows(IllegalArgumentException.class, () -> dropout(1));
    assertThrows(IllegalArgumentException.class, () -> maxPool2d(0));
    assertThrows(IllegalArgumentException.class, () -> Padding.of(-1));
  }
}
