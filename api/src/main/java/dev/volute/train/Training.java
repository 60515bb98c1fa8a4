package dev.volute.train;

import dev.volute.data.Batch;
import dev.volute.nn.Model;
import dev.volute.nn.WarmUp;
import dev.volute.tensor.TensorType;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Training under way: the optimizer's moments, the number of steps done, carried states. Closing it
 * releases the moments; the model and its parameters stay. One thread at a time.
 */
public final class Training implements AutoCloseable {
  /** Steps kept compiled; sequences of many lengths would otherwise pile up. */
  private static final int PROGRAMS_KEPT = 64;

  private record BatchType(TensorType inputs, TensorType targets) {}

  private final Model model;
  private final Trainer.Settings settings;
  private final Moments moments;
  private final Totals totals;
  private final Map<BatchType, StepProgram> programs = new LinkedHashMap<>(16, 0.75f, true);
  private Optional<StepProgram> last = Optional.empty();
  private long steps;

  Training(Model model, Trainer.Settings settings) {
    this.model = model;
    this.settings = settings;
    this.moments = new Moments(model, settings.optimizer());
    this.totals = new Totals(settings.measures());
  }

  /**
   * Trains on one batch. A shape that was met before allocates nothing.
   *
   * @return the loss before the update
   * @throws NonFiniteLossException if the loss is not finite; the update was left out
   * @throws dev.volute.tensor.ShapeException if the batch does not fit; the message names the layer
   * @throws dev.volute.spi.OutOfMemoryException before the step, if it does not fit in memory
   */
  public double step(Batch batch) {
    StepProgram program = program(batch);
    long number = steps + 1;
    double rate = settings.optimizer().learningRate() * settings.schedule().factor(number);
    double loss = program.run(batch, settings.seed(), number, rate);
    steps = number;
    totals.add(program.outputs());
    return loss;
  }

  /**
   * Trains a copy of the network on one batch again and again until that gets no faster, so that
   * the steps to come run at full speed. This training and its model stay as they are; the copy
   * takes as much memory meanwhile.
   *
   * @param batch of the shape of those to come; its values may be any
   * @param limit after which it stops at the latest
   * @throws NonFiniteLossException if the loss is not finite
   * @throws dev.volute.spi.OutOfMemoryException if the copy does not fit in memory
   */
  public WarmUp warmUp(Batch batch, Duration limit) {
    try (Model copy = model.network().init(model.sample().shape(), model.backend(), 0);
        Training training = new Training(copy, settings)) {
      // At rate 0 the copy learns nothing, and so cannot diverge.
      StepProgram program = training.program(batch);
      return WarmUp.of(() -> program.run(batch, settings.seed(), 1, 0), limit);
    }
  }

  private StepProgram program(Batch batch) {
    if (last.isPresent() && last.get().fits(batch)) {
      return last.get();
    }
    BatchType type = new BatchType(batch.inputs().type(), batch.targets().type());
    StepProgram program = programs.get(type);
    if (program == null) {
      program = new StepProgram(model, settings, moments, type.inputs(), type.targets());
      programs.put(type, program);
      if (programs.size() > PROGRAMS_KEPT) {
        BatchType oldest = programs.keySet().iterator().next();
        model.release(programs.remove(oldest).program());
      }
    }
    last.ifPresent(program::takeStates);
    last = Optional.of(program);
    return program;
  }

  /** Steps done. */
  public long steps() {
    return steps;
  }

  /** Means over the steps since the last call, by measure, the loss first. */
  public Map<String, Double> drainMeasures() {
    Map<String, Double> means = totals.means();
    totals.clear();
    return means;
  }

  /** With carried states: lets the next batch start from zeros. */
  public void forgetStates() {
    last.ifPresent(StepProgram::forgetStates);
  }

  /** Bytes that a step on such a batch needs besides parameters and moments. */
  public long peakBytes(Batch batch) {
    return program(batch).program().peakBytes();
  }

  /** The compiled step for such a batch, line by line. */
  public String describe(Batch batch) {
    return program(batch).program().describe();
  }

  @Override
  public void close() {
    last = Optional.empty();
    programs.values().forEach(program -> model.release(program.program()));
    programs.clear();
    moments.close();
  }
}
