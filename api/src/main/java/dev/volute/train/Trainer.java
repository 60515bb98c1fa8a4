package dev.volute.train;

import dev.volute.VoluteException;
import dev.volute.data.Batch;
import dev.volute.data.Batches;
import dev.volute.data.Dataset;
import dev.volute.nn.Model;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Trains a model: what to minimise, by which rule, and who is told. The same model, data and seed
 * give the same run; losses on two backends differ only by rounding.
 */
public final class Trainer {
  private final Model model;
  private Optional<Measure> loss = Optional.empty();
  private Optional<Optimizer> optimizer = Optional.empty();
  private List<Measure> metrics = List.of();
  private List<Listener> listeners = List.of();
  private Schedule schedule = Schedule.CONSTANT;
  private double clip = Double.POSITIVE_INFINITY;
  private boolean carryStates;
  private long seed;

  /**
   * What a step needs to know.
   *
   * @param measures the loss, then the metrics
   */
  record Settings(
      List<Measure> measures,
      Optimizer optimizer,
      Schedule schedule,
      double clip,
      boolean carryStates,
      long seed) {}

  private Trainer(Model model) {
    this.model = model;
  }

  public static Trainer of(Model model) {
    return new Trainer(model);
  }

  /** What to minimise. */
  public Trainer loss(Measure newLoss) {
    loss = Optional.of(newLoss);
    return this;
  }

  public Trainer optimizer(Optimizer newOptimizer) {
    optimizer = Optional.of(newOptimizer);
    return this;
  }

  /** What to measure beside the loss. */
  public Trainer metrics(Measure... newMetrics) {
    metrics = List.of(newMetrics);
    return this;
  }

  public Trainer listeners(Listener... newListeners) {
    listeners = List.of(newListeners);
    return this;
  }

  /** How the learning rate changes; constant if this is not called. */
  public Trainer schedule(Schedule newSchedule) {
    schedule = newSchedule;
    return this;
  }

  /**
   * Scales all gradients down together where their common norm is above a bound.
   *
   * @throws VoluteException if the bound is not above 0
   */
  public Trainer clipGradients(double norm) {
    if (!(norm > 0)) {
      throw new VoluteException("Gradients are clipped to a norm above 0, not " + norm);
    }
    clip = norm;
    return this;
  }

  /**
   * Truncated back-propagation through time: recurrent layers start each batch where the one before
   * ended, row by row, and gradients stop at its border. Data come in their own order, and a
   * smaller last batch is left out; each epoch starts from zeros.
   */
  public Trainer carryStates() {
    carryStates = true;
    return this;
  }

  /** Of shuffling and dropout; 0 if this is not called. */
  public Trainer seed(long newSeed) {
    seed = newSeed;
    return this;
  }

  /**
   * Begins to train step by step.
   *
   * @throws VoluteException if the loss or the optimizer was not set
   */
  public Training start() {
    return new Training(model, settings());
  }

  private Settings settings() {
    return new Settings(
        measures(),
        optimizer.orElseThrow(
            () -> new VoluteException("The trainer has no optimizer; for example adam(1e-3)")),
        schedule,
        clip,
        carryStates,
        seed);
  }

  private List<Measure> measures() {
    List<Measure> measures = new ArrayList<>();
    measures.add(
        loss.orElseThrow(
            () -> new VoluteException("The trainer has no loss; for example meanSquaredError()")));
    measures.addAll(metrics);
    return measures;
  }

  /**
   * Trains, and validates after each epoch.
   *
   * @throws VoluteException if there are no samples
   * @throws NonFiniteLossException at the first loss that is not finite
   */
  public History fit(Dataset train, Dataset validation, Epochs epochs, BatchSize batchSize) {
    return fit(train, Optional.of(validation), epochs, batchSize);
  }

  /** Trains without validation. */
  public History fit(Dataset train, Epochs epochs, BatchSize batchSize) {
    return fit(train, Optional.empty(), epochs, batchSize);
  }

  private History fit(
      Dataset train, Optional<Dataset> validation, Epochs epochs, BatchSize batchSize) {
    requireSamples("train on", train);
    validation.ifPresent(data -> requireSamples("validate on", data));
    if (carryStates && train.size() < batchSize.samples()) {
      throw new VoluteException(
          "With carried states every batch is full: %d samples make none of %d"
              .formatted(train.size(), batchSize.samples()));
    }
    Progress progress = new Progress(epochs.count());
    List<EpochResult> results = new ArrayList<>();
    try (Training training = start();
        Evaluation evaluation = new Evaluation(model, measures())) {
      listeners.forEach(listener -> listener.started(progress));
      try {
        for (int epoch = 1; epoch <= epochs.count() && !progress.stopped(); epoch++) {
          long begun = System.nanoTime();
          runEpoch(training, progress, epoch, batches(train, batchSize, epoch));
          EpochResult result =
              new EpochResult(
                  epoch,
                  training.drainMeasures(),
                  validation
                      .map(data -> evaluation.run(Batches.inOrder(data, batchSize.samples())))
                      .orElse(Map.of()),
                  Duration.ofNanos(System.nanoTime() - begun));
          results.add(result);
          listeners.forEach(listener -> listener.epochFinished(result, model, progress));
        }
      } finally {
        listeners.forEach(listener -> listener.finished(model, progress));
      }
    }
    return new History(results);
  }

  private Batches batches(Dataset data, BatchSize batchSize, int epoch) {
    return carryStates
        ? Batches.inOrder(data, batchSize.samples()).dropPartial()
        : Batches.shuffled(data, batchSize.samples(), seed, epoch);
  }

  private void runEpoch(Training training, Progress progress, int epoch, Batches batches) {
    progress.begin(epoch, batches.count());
    training.forgetStates();
    for (Batch batch : batches) {
      progress.advance(training.step(batch));
      listeners.forEach(listener -> listener.stepFinished(progress));
    }
  }

  /**
   * Loss and metrics of the model as it predicts, by name.
   *
   * @throws VoluteException if there are no samples
   */
  public Map<String, Double> evaluate(Dataset data, BatchSize batchSize) {
    requireSamples("evaluate", data);
    try (Evaluation evaluation = new Evaluation(model, measures())) {
      return evaluation.run(Batches.inOrder(data, batchSize.samples()));
    }
  }

  private static void requireSamples(String purpose, Dataset data) {
    if (data.size() == 0) {
      throw new VoluteException("There are no samples to " + purpose);
    }
  }
}
