package dev.volute.nn;

import dev.volute.runtime.Executable;
import dev.volute.tensor.Tensor;
import java.util.List;
import java.util.function.Predicate;

/** A graph compiled for a model's backend, running over the model's variables. */
public final class Program {
  private final Executable executable;

  Program(Executable executable) {
    this.executable = executable;
  }

  Executable executable() {
    return executable;
  }

  /** New tensors that fit the outputs, to be used again from run to run. */
  public List<Tensor> newOutputs() {
    return executable.newOutputs();
  }

  /**
   * Computes the outputs; then, if {@code commit} accepts them, gives the variables their new
   * values. Allocates nothing once it has run.
   *
   * @param inputs one for each input of the graph, in order, of the very same types
   * @param outputs from {@link #newOutputs}
   * @return whether the outputs were accepted
   * @throws dev.volute.spi.OutOfMemoryException before anything runs, if the slab does not fit
   * @throws dev.volute.VoluteException if an index points outside its table; the layer is named
   */
  public boolean run(List<Tensor> inputs, List<Tensor> outputs, Predicate<List<Tensor>> commit) {
    return executable.run(inputs, outputs, commit);
  }

  /** Bytes that a run needs besides the model's variables; known before it runs. */
  public long peakBytes() {
    return executable.peakBytes();
  }

  /**
   * The plan: one line a step with its layer, op and shapes, and the algorithm that the backend
   * chose where it has a choice; then the memory.
   */
  public String describe() {
    return executable.describe();
  }
}
