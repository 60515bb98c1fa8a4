package dev.volute.examples;

import static dev.volute.nn.Layers.dense;
import static dev.volute.nn.Layers.embedding;
import static dev.volute.train.Losses.softmaxCrossEntropy;
import static dev.volute.train.Optimizers.adam;

import dev.volute.VoluteException;
import dev.volute.data.PaddedSequences;
import dev.volute.data.Source;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.nn.Model;
import dev.volute.nn.Network;
import dev.volute.nn.RecurrentLayer;
import dev.volute.spi.Backend;
import dev.volute.tensor.Shape;
import dev.volute.train.Trainer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Learns which character follows, and writes new words of its own. */
@Command(
    name = "names",
    description = {
      "Trains a recurrent network on first names, character by character, and invents new ones.",
      "With --text it learns from any text instead, and writes on."
    })
final class NamesProgram implements Runnable {
  private static final int EMBEDDING = 32;
  private static final double LEARNING_RATE = 3e-3;
  private static final double CLIP = 1;

  /** Lengths of batches are multiples of it: few shapes, little padding. */
  private static final int BUCKET = 4;

  private static final double SMOOTHING = 0.1;

  @Mixin private final TrainingOptions options = new TrainingOptions(12, 64);

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description = "Text in UTF-8, plain or gzip, to learn from instead of names.")
  private Optional<Path> text = Optional.empty();

  @Option(
      names = "--cell",
      paramLabel = "KIND",
      description = "${COMPLETION-CANDIDATES}; by default ${DEFAULT-VALUE}.")
  private Cell cell = Cell.GRU;

  @Option(
      names = "--units",
      paramLabel = "N",
      description = "Width of the hidden state; by default ${DEFAULT-VALUE}.")
  private int units = 128;

  @Option(
      names = "--time",
      paramLabel = "N",
      description = "With --text, characters a window; by default ${DEFAULT-VALUE}.")
  private int time = 64;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "Low keeps to the likeliest, high is daring; by default ${DEFAULT-VALUE}.")
  private double temperature = 0.8;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "How many names to invent; by default ${DEFAULT-VALUE}.")
  private int count = 10;

  @Option(
      names = "--length",
      paramLabel = "N",
      description = "Longest name or text to write, in characters; by default ${DEFAULT-VALUE}.")
  private int length = 200;

  @Spec private CommandSpec spec;

  /** The recurrences to choose from. */
  enum Cell {
    RNN(RecurrentCell.TANH),
    LSTM(RecurrentCell.LSTM),
    GRU(RecurrentCell.GRU);

    private final RecurrentCell recurrence;

    Cell(RecurrentCell recurrence) {
      this.recurrence = recurrence;
    }
  }

  NamesProgram() {}

  static Network network(int vocabulary, RecurrentCell cell, int units) {
    return Network.of(
        embedding(vocabulary, EMBEDDING), new RecurrentLayer(cell, units), dense(vocabulary));
  }

  /** The trainer that the program uses. */
  static Trainer trainer(Model model, long seed) {
    return Trainer.of(model)
        .loss(softmaxCrossEntropy())
        .optimizer(adam(LEARNING_RATE))
        .clipGradients(CLIP)
        .seed(seed);
  }

  static PaddedSequences dataset(List<int[]> sequences, Corpus corpus) {
    return PaddedSequences.of(sequences, corpus.first(), BUCKET);
  }

  @Override
  public void run() {
    if (units < 1 || count < 0 || length < 1 || !(temperature > 0)) {
      throw new VoluteException(
          "--units and --length start at 1, --count at 0, and --temperature is above 0; given were"
              + " --units %d --length %d --count %d --temperature %s"
                  .formatted(units, length, count, temperature));
    }
    PrintWriter out = spec.commandLine().getOut();
    options.requireSavable();
    Corpus corpus =
        text.map(file -> Corpus.ofText(Source.file(file), time))
            .orElseGet(() -> Corpus.ofWords(ExampleData.firstNames()));
    int characters = corpus.vocabulary().size();
    PaddedSequences train = dataset(corpus.train(), corpus);
    PaddedSequences heldOut = dataset(corpus.heldOut(), corpus);
    double bigram =
        Bigram.fit(corpus.train(), characters, SMOOTHING).negativeLogLikelihood(corpus.heldOut());
    try (Backend backend = options.open();
        Model model =
            network(characters, cell.recurrence, units)
                .init(Shape.of(BUCKET), backend, options.seed())) {
      TrainingOptions.introduce(
          out,
          model,
          "%d sequences to train on, %d held out, %d characters"
              .formatted(train.size(), heldOut.size(), characters));
      Trainer trainer = trainer(model, options.seed()).listeners(TrainingOptions.progress(out));
      long begun = System.nanoTime();
      trainer.fit(train, heldOut, options.epochs(), options.batchSize());
      double seconds = (System.nanoTime() - begun) * 1e-9;
      double network = trainer.evaluate(heldOut, options.batchSize()).get("cross-entropy");
      options.save(model, out);
      Writer writer = new Writer(model, corpus, options.seed(), temperature);
      for (int i = 0; i < count; i++) {
        out.println(writer.write(length));
      }
      out.printf(
          Locale.ROOT,
          "held-out negative log-likelihood per character: network %.4f, bigram %.4f%n",
          network,
          bigram);
      out.println(
          new Result()
              .with("backend", backend.name())
              .with("epochs", options.epochs().count())
              .with("nll", network)
              .with("bigram_nll", bigram)
              .with("seconds", seconds));
    }
  }
}
