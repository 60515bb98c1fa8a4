package dev.volute.bench;

import static dev.volute.nn.Layers.conv2d;
import static dev.volute.nn.Layers.dense;
import static dev.volute.nn.Layers.embedding;
import static dev.volute.nn.Layers.flatten;
import static dev.volute.nn.Layers.gru;
import static dev.volute.nn.Layers.maxPool2d;
import static dev.volute.nn.Layers.relu;
import static dev.volute.train.BatchSize.batchSize;
import static dev.volute.train.Epochs.epochs;
import static dev.volute.train.Listeners.checkpoints;
import static dev.volute.train.Listeners.earlyStopping;
import static dev.volute.train.Listeners.progressBar;
import static dev.volute.train.Losses.softmaxCrossEntropy;
import static dev.volute.train.Metrics.accuracy;
import static dev.volute.train.Optimizers.adam;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.volute.data.Dataset;
import dev.volute.graph.Value;
import dev.volute.nn.Layer;
import dev.volute.nn.LayerScope;
import dev.volute.nn.Model;
import dev.volute.nn.Network;
import dev.volute.nn.StreamSession;
import dev.volute.spi.Backend;
import dev.volute.spi.Backends;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import dev.volute.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java of the README, compiled and run. */
class ReadmeTest {
  private final long seed = 1;

  private static void assumeThatAFastBackendIsBuilt() {
    assumeTrue(
        Backends.found().stream().anyMatch(each -> each.usable() && each.priority() > 0),
        "only the reference backend is built");
  }

  @Test
  void everyBlockOfJavaStandsInThisFile() throws IOException {
    String readme = Files.readString(Path.of("..", "README.md"));
    String here =
        Files.readString(
            Path.of("src/test/java", getClass().getName().replace('.', '/') + ".java"));
    List<String> blocks =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(readme)
            .results()
            .map(match -> match.group(1))
            .toList();
    assertFalse(blocks.isEmpty());
    for (String block : blocks) {
      assertTrue(spaceless(here).contains(spaceless(block)), block);
    }
  }

  private static String spaceless(String code) {
    return code.replaceAll("\\s+", "");
  }

  @Test
  void aNetworkLearnsAndPredicts(@TempDir Path dir) {
    assumeThatAFastBackendIsBuilt();
    Tensor images = Tensor.zeros(TensorType.f32(6, 1, 28, 28));
    Dataset train = Dataset.of(images, Tensor.of(Shape.of(6), 0, 1, 2, 3, 4, 5));
    Dataset validation = train.slice(0, 2);
    Network lenet =
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

    try (Backend backend = Backends.best();
        Model model = lenet.init(Shape.of(1, 28, 28), backend, seed)) {
      Trainer.of(model)
          .loss(softmaxCrossEntropy())
          .optimizer(adam(1e-3))
          .metrics(accuracy())
          .listeners(progressBar(), earlyStopping(3), checkpoints(dir))
          .fit(train, validation, epochs(5), batchSize(64));
      model.save(dir.resolve("lenet.safetensors"));
    }
    assertTrue(Files.exists(dir.resolve("lenet.safetensors")));
    assertTrue(Files.exists(dir.resolve("epoch-001.safetensors")));

    try (Backend backend = Backends.best();
        Model model = lenet.init(Shape.of(1, 28, 28), backend, seed)) {
      Tensor logits = model.predict(images);
      assertEquals(TensorType.f32(6, 10), logits.type());
    }
  }

  @Test
  void aStreamCarriesState() {
    assumeThatAFastBackendIsBuilt();
    Network letters = Network.of(embedding(27, 16), gru(32), dense(27));
    try (Backend backend = Backends.best();
        Model model = letters.init(Shape.of(10), backend, seed)) {
      StreamSession session = model.stream();
      session.step(Tensor.of(Shape.of(1), 0));
      Tensor afterTwo = session.step(Tensor.of(Shape.of(1), 1));
      float carried = afterTwo.floats()[0];
      session.reset();
      float fresh = session.step(Tensor.of(Shape.of(1), 1)).floats()[0];
      assertNotEquals(carried, fresh);
    }
  }

  record Doubled(Layer body) implements Layer {
    @Override
    public Value apply(Value x, LayerScope scope) {
      return scope.apply("body", body, x).multiply(2);
    }
  }

  @Test
  void aLayerOfOnesOwnRunsOnAnyBackend() {
    assumeThatAFastBackendIsBuilt();
    Tensor image = Tensor.of(Shape.of(1, 2), -1f, 3f);
    try (Backend backend = Backends.best();
        Model model = Network.of(new Doubled(relu())).init(Shape.of(2), backend, seed)) {
      assertEquals(Tensor.of(Shape.of(1, 2), 0f, 6f), model.predict(image));
    }
  }
}
