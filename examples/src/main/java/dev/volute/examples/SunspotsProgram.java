package dev.volute.examples;

import static dev.volute.nn.Layers.dense;
import static dev.volute.nn.Layers.lastStep;
import static dev.volute.nn.Layers.lstm;
import static dev.volute.train.Losses.meanSquaredError;
import static dev.volute.train.Optimizers.adam;

import dev.volute.nn.Model;
import dev.volute.nn.Network;
import dev.volute.spi.Backend;
import dev.volute.tensor.Shape;
import dev.volute.train.Trainer;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Forecasts next year's number of sunspots from the years before. */
@Command(
    name = "sunspots",
    description = {
      "Trains an LSTM to forecast the yearly number of sunspots a year ahead,",
      "and compares it with the forecast that next year will be as this year."
    })
final class SunspotsProgram implements Runnable {
  private static final Network NETWORK = Network.of(lstm(32), lastStep(), dense(1));
  private static final double LEARNING_RATE = 3e-3;

  @Mixin private final TrainingOptions options = new TrainingOptions(100, 16);

  @Option(
      names = "--window",
      paramLabel = "N",
      description = "Years that a forecast is made from; by default ${DEFAULT-VALUE}.")
  private int window = 22;

  @Option(
      names = "--held-out",
      paramLabel = "N",
      description = "Last years, which are forecast and not learnt; by default ${DEFAULT-VALUE}.")
  private int heldOut = 60;

  @Spec private CommandSpec spec;

  SunspotsProgram() {}

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    options.requireSavable();
    SunspotSeries series = SunspotSeries.read(ExampleData.sunspots(), window, heldOut);
    try (Backend backend = options.open();
        Model model = NETWORK.init(Shape.of(window, 1), backend, options.seed())) {
      TrainingOptions.introduce(
          out,
          model,
          "%d windows of %d years to train on; held out are %d to %d"
              .formatted(
                  series.train().size(), window, series.firstHeldOutYear(), series.lastYear()));
      Trainer trainer =
          Trainer.of(model)
              .loss(meanSquaredError())
              .optimizer(adam(LEARNING_RATE))
              .seed(options.seed())
              .listeners(TrainingOptions.progress(out));
      long begun = System.nanoTime();
      trainer.fit(series.train(), options.epochs(), options.batchSize());
      double seconds = (System.nanoTime() - begun) * 1e-9;
      double squared = trainer.evaluate(series.heldOut(), options.batchSize()).get("squared error");
      double error = Math.sqrt(squared) * series.scale();
      options.save(model, out);
      out.printf(
          Locale.ROOT,
          "root mean square error on the held-out years: network %.2f, persistence %.2f%n",
          error,
          series.persistenceError());
      out.println(
          new Result()
              .with("backend", backend.name())
              .with("epochs", options.epochs().count())
              .with("rmse", error)
              .with("persistence_rmse", series.persistenceError())
              .with("seconds", seconds));
    }
  }
}
