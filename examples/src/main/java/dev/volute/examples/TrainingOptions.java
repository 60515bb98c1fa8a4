package dev.volute.examples;

import dev.volute.VoluteException;
import dev.volute.nn.Model;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.Backends;
import dev.volute.train.BatchSize;
import dev.volute.train.Epochs;
import dev.volute.train.Listener;
import dev.volute.train.Listeners;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What every training program lets its user choose. */
final class TrainingOptions {
  /** Set by examples/run, which knows where the output goes. */
  private static final String TERMINAL_PROPERTY = "volute.examples.terminal";

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "What computes; by default the usable backend of highest priority.")
  private Optional<String> backend = Optional.empty();

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "Passes over the training data; by default ${DEFAULT-VALUE}.")
  private int epochs;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Samples a step; by default ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of initial weights, shuffling and dropout; by default ${DEFAULT-VALUE}.")
  private long seed = 1;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute; by default one a processor.")
  private Optional<Integer> threads = Optional.empty();

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description = "Where to write the trained model, in the safetensors format.")
  private Optional<Path> save = Optional.empty();

  TrainingOptions(int defaultEpochs, int defaultBatch) {
    epochs = defaultEpochs;
    batch = defaultBatch;
  }

  Backend open() {
    BackendOptions options = threads.map(BackendOptions::threads).orElse(BackendOptions.defaults());
    return backend
        .map(name -> Backends.open(name, options))
        .orElseGet(() -> Backends.best(options));
  }

  /**
   * Complains before hours of training, not after them.
   *
   * @throws VoluteException if the model could not be saved where it should
   */
  void requireSavable() {
    save.ifPresent(
        file -> {
          Path folder = file.toAbsolutePath().getParent();
          if (folder == null || !Files.isDirectory(folder) || !Files.isWritable(folder)) {
            throw new VoluteException(
                "--save " + file + ": " + folder + " is not a folder that can be written to");
          }
          if (Files.isDirectory(file)) {
            throw new VoluteException("--save " + file + " is a folder; it should name a file");
          }
        });
  }

  Epochs epochs() {
    return Epochs.epochs(epochs);
  }

  BatchSize batchSize() {
    return BatchSize.batchSize(batch);
  }

  long seed() {
    return seed;
  }

  static Listener progress(PrintWriter out) {
    return Listeners.progressBar(out, Boolean.getBoolean(TERMINAL_PROPERTY));
  }

  /** Two lines on what is about to run. */
  static void introduce(PrintWriter out, Model model, String data) {
    out.printf(
        Locale.ROOT,
        "backend %s, %,d parameters%n%s%n",
        model.backend().name(),
        model.values().values().stream().mapToLong(tensor -> tensor.length()).sum(),
        data);
    out.flush();
  }

  void save(Model model, PrintWriter out) {
    save.ifPresent(
        file -> {
          model.save(file);
          out.println("saved " + file);
        });
  }
}
