package dev.volute.examples;

import static dev.volute.nn.Layers.conv2d;
import static dev.volute.nn.Layers.dense;
import static dev.volute.nn.Layers.flatten;
import static dev.volute.nn.Layers.maxPool2d;
import static dev.volute.nn.Layers.relu;
import static dev.volute.train.Losses.softmaxCrossEntropy;
import static dev.volute.train.Metrics.accuracy;
import static dev.volute.train.Optimizers.adam;

import dev.volute.data.Batches;
import dev.volute.nn.Model;
import dev.volute.nn.Network;
import dev.volute.spi.Backend;
import dev.volute.tensor.Shape;
import dev.volute.train.Schedule;
import dev.volute.train.Trainer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Learns to tell ten kinds of clothes apart. */
@Command(
    name = "cnn",
    description = {
      "Trains a convolutional network of LeNet's kind on images of 28 x 28.",
      "Without --data: 10,000 images of Fashion-MNIST, 8,000 to train on and 2,000 to test."
    })
final class CnnProgram implements Runnable {
  static final Network NETWORK =
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

  private static final double LEARNING_RATE = 1e-3;

  /** A slow rise also keeps rounding from growing: max pooling and relu switch where it flips. */
  private static final double WARM_UP = 0.8;

  @Mixin private final TrainingOptions options = new TrainingOptions(10, 64);

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder with the four IDX files of MNIST or Fashion-MNIST, each plain or with .gz.")
  private Optional<Path> data = Optional.empty();

  @Spec private CommandSpec spec;

  CnnProgram() {}

  /**
   * The trainer that the program uses.
   *
   * @param steps of the whole training; the learning rate rises over the most of them, and falls to
   *     0 over the last
   */
  static Trainer trainer(Model model, long seed, long steps) {
    return Trainer.of(model)
        .loss(softmaxCrossEntropy())
        .metrics(accuracy())
        .optimizer(adam(LEARNING_RATE))
        .schedule(Schedule.cosine((long) (WARM_UP * steps), steps))
        .seed(seed);
  }

  static long steps(ImageData images, int epochs, int batch) {
    return (long) epochs * Batches.inOrder(images.train(), batch).count();
  }

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    options.requireSavable();
    ImageData images = data.map(ImageData::in).orElseGet(ImageData::embedded).standardised();
    try (Backend backend = options.open();
        Model model =
            NETWORK.init(Shape.of(1, ImageData.SIDE, ImageData.SIDE), backend, options.seed())) {
      TrainingOptions.introduce(
          out,
          model,
          "%d images to train on, %d to test"
              .formatted(images.train().size(), images.test().size()));
      long steps = steps(images, options.epochs().count(), options.batchSize().samples());
      Trainer trainer =
          trainer(model, options.seed(), steps).listeners(TrainingOptions.progress(out));
      long begun = System.nanoTime();
      trainer.fit(images.train(), images.test(), options.epochs(), options.batchSize());
      double seconds = (System.nanoTime() - begun) * 1e-9;
      Map<String, Double> test = trainer.evaluate(images.test(), options.batchSize());
      options.save(model, out);
      out.println(
          new Result()
              .with("backend", backend.name())
              .with("epochs", options.epochs().count())
              .with("test_accuracy", test.get("accuracy"))
              .with("test_loss", test.get("cross-entropy"))
              .with("seconds", seconds));
    }
  }
}
