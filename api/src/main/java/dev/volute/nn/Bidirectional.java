package dev.volute.nn;

import dev.volute.graph.Value;
import java.util.List;

/**
 * A recurrent layer that reads the sequence in both directions, with parameters of its own for
 * each: {@code [batch, time, features]} to {@code [batch, time, 2 * units]}. At each step the first
 * half is the state after the steps so far, the second half that after the steps from the end back
 * to this one.
 *
 * <p>Parameters: those of {@link RecurrentLayer}, once under {@code forward} and once under {@code
 * backward}. It needs the whole sequence at once, so that it cannot be fed step by step, nor carry
 * states from window to window.
 */
public record Bidirectional(RecurrentLayer layer) implements Layer {
  private static final int TIME = 1;

  @Override
  public Value apply(Value x, LayerScope scope) {
    if (scope.carriesStates()) {
      throw scope.misfit(
          "reads the sequence from its end too, and so cannot go on from where another one stopped");
    }
    Value forward = scope.apply("forward", layer, x);
    Value reversed = scope.within(() -> x.flip(TIME));
    Value backward = scope.apply("backward", layer, reversed);
    return scope.within(() -> Value.concat(2, List.of(forward, backward.flip(TIME))));
  }

  @Override
  public String toString() {
    return "bidirectional(" + layer + ")";
  }
}
