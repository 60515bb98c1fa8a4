package dev.volute.nn;

import dev.volute.graph.Value;
import java.util.Locale;

/**
 * A part of a network: an immutable description, usually a record. Parameters live in the model.
 *
 * <p>A layer of a user's own implements {@link #apply} in plain Java and needs no backend code:
 *
 * <pre>{@code
 * record Residual(Layer body) implements Layer {
 *   public Value apply(Value x, LayerScope scope) {
 *     return body.apply(x, scope.child("body")).add(x).relu();
 *   }
 * }
 * }</pre>
 */
public interface Layer {
  /**
   * Builds the layer's output. Runs once for each input shape, not once for each batch.
   *
   * @param x the input, its batch first
   * @param scope the layer's parameters and surroundings
   * @throws dev.volute.tensor.ShapeException if the input does not fit; the path of the layer is
   *     added
   */
  Value apply(Value x, LayerScope scope);

  /** What the layer is called in paths; a network appends a number. */
  default String kind() {
    return getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }
}
