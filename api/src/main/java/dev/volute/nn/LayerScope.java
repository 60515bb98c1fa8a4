package dev.volute.nn;

import dev.volute.graph.Value;
import dev.volute.graph.Variable;
import dev.volute.random.Philox;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.ShapeException;
import dev.volute.tensor.TensorType;
import java.util.function.Supplier;

/**
 * What a layer sees while it builds its output: its path, its parameters, and whether the network
 * is being trained.
 */
public final class LayerScope {
  private final Tracer tracer;
  private final String path;

  LayerScope(Tracer tracer, String path) {
    this.tracer = tracer;
    this.path = path;
  }

  /** For example {@code encoder/block2/conv}. */
  public String path() {
    return path;
  }

  /** The scope of a part of this layer. */
  public LayerScope child(String name) {
    return new LayerScope(tracer, path.isEmpty() ? name : path + "/" + name);
  }

  /** Applies a part of this layer, so that what it builds carries its path. */
  public Value apply(String name, Layer part, Value x) {
    LayerScope scope = child(name);
    Value output = scope.within(() -> part.apply(x, scope));
    tracer.finished(scope.path, output);
    return output;
  }

  /** Runs {@code body} so that the nodes which it adds, and its shape errors, carry this path. */
  public Value within(Supplier<Value> body) {
    return tracer.builder().at(path, body);
  }

  /**
   * True while the graph of a training step is built; dropout and batch statistics depend on it.
   */
  public boolean training() {
    return tracer.training();
  }

  /**
   * A trained parameter, F32.
   *
   * @throws ShapeException if the model has it with another shape, because it was made for another
   *     input shape
   */
  public Value parameter(String name, Shape shape, Initializer initializer) {
    return tracer.parameter(path, name, shape, initializer, true);
  }

  /** A value that belongs to the model but is not trained, such as a running mean; F32. */
  public Value statistic(String name, Shape shape, Initializer initializer) {
    return tracer.parameter(path, name, shape, initializer, false);
  }

  /** Gives a {@link #statistic} its value after the training step. */
  public void update(Value statistic, Value next) {
    if (!(statistic.node().op() instanceof Variable variable)) {
      throw new IllegalArgumentException(path + ": only a statistic can be updated");
    }
    tracer.update(variable, next);
  }

  /**
   * What a recurrent layer remembers from the step or window before: zeros at the beginning.
   *
   * @param shape batch first
   */
  public Value state(String name, Shape shape) {
    return tracer.state(path, name, new TensorType(DType.F32, shape));
  }

  /** True if states come from the step or window before, and not from zeros. */
  public boolean carriesStates() {
    return tracer.carriesStates();
  }

  /** Hands a state of {@link #state} on to the next step or window. */
  public void carry(String name, Value next) {
    tracer.carry(path, name, next);
  }

  /** The key (I32 {@code [3]}) of this training step's random numbers. */
  public Value randomKey() {
    return tracer.randomKey();
  }

  /** Tells this layer's random numbers apart from other layers'. */
  public int randomStream() {
    return Philox.stream(path);
  }

  /** A layer's own complaint, with its path. */
  public ShapeException misfit(String message) {
    return new ShapeException(path.isEmpty() ? message : path + ": " + message);
  }
}
