package dev.volute.nn;

import dev.volute.graph.Value;
import dev.volute.tensor.Shape;
import dev.volute.tensor.ShapeException;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Feeds a recurrent network one time step after the other. The network that was trained on windows
 * generates text or follows a sensor this way. One thread at a time; a model may have many
 * sessions.
 */
public final class StreamSession {
  private final Program program;
  private final TensorType step;
  private final Shape stepWithTime;
  private final List<Tensor> inputs = new ArrayList<>();
  private final List<Tensor> outputs;
  private final int states;

  /**
   * A program for single steps. Its inputs are the step and the states before it, its outputs the
   * network's output and the states after it.
   */
  record Stepper(Program program, TensorType step, List<TensorType> states) {
    static Stepper compile(Model model, int batch) {
      TensorType sample = model.sample();
      Shape rest = sample.shape().slice(1, sample.shape().rank());
      Trace trace = model.traceWithStates(sample.withShape(rest.prepend(1).prepend(batch)), false);
      List<Value> results = new ArrayList<>();
      results.add(trace.output());
      trace.states().forEach(state -> results.add(state.after()));
      return new Stepper(
          model.compile(trace.builder().build(results, Map.of())),
          sample.withShape(rest.prepend(batch)),
          trace.states().stream().map(Trace.State::type).toList());
    }
  }

  StreamSession(Stepper stepper) {
    this.program = stepper.program();
    this.step = stepper.step();
    Shape shape = step.shape();
    this.stepWithTime = shape.slice(1, shape.rank()).prepend(1).prepend(shape.dim(0));
    this.states = stepper.states().size();
    this.outputs = program.newOutputs();
    inputs.add(Tensor.zeros(step));
    stepper.states().forEach(state -> inputs.add(Tensor.zeros(state)));
  }

  /**
   * Feeds one time step.
   *
   * @param x {@code [batch, features]}, or {@code [batch]} for ids
   * @return the network's output after this step, {@code [batch, ...]} without the time axis. The
   *     session writes the next step's output into the same tensor
   */
  public Tensor step(Tensor x) {
    if (!x.type().equals(step)) {
      throw new ShapeException("A step of this stream takes " + step + ", not " + x.type());
    }
    inputs.set(0, x.reshape(stepWithTime));
    program.run(inputs, outputs, accepted -> true);
    for (int i = 1; i <= states; i++) {
      System.arraycopy(
          outputs.get(i).floats(), 0, inputs.get(i).floats(), 0, inputs.get(i).length());
    }
    Tensor output = outputs.get(0);
    Shape shape = output.shape();
    return shape.rank() >= 3 && shape.dim(1) == 1
        ? output.reshape(shape.slice(2, shape.rank()).prepend(shape.dim(0)))
        : output;
  }

  /** Bytes that a step needs besides the model's variables; known before it runs. */
  public long peakBytes() {
    return program.peakBytes();
  }

  /**
   * Feeds steps of zeros until that gets no faster, so that the first step that somebody waits for
   * runs at full speed. The states and the last output stay what they are.
   *
   * @param limit after which it stops at the latest
   */
  public WarmUp warmUp(Duration limit) {
    List<Tensor> scratchInputs = new ArrayList<>(inputs);
    scratchInputs.set(0, Tensor.zeros(step.withShape(stepWithTime)));
    List<Tensor> scratchOutputs = program.newOutputs();
    return WarmUp.of(() -> program.run(scratchInputs, scratchOutputs, accepted -> true), limit);
  }

  /** Forgets what came before: all states are zero again. */
  public void reset() {
    for (int i = 1; i <= states; i++) {
      java.util.Arrays.fill(inputs.get(i).floats(), 0);
    }
  }
}
