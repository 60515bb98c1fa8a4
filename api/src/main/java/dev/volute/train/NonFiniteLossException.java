package dev.volute.train;

import dev.volute.VoluteException;

/** A loss was not a finite number. The step's updates were left out. */
public final class NonFiniteLossException extends VoluteException {
  private static final long serialVersionUID = 1L;

  private final long step;
  private final String origin;

  NonFiniteLossException(long step, double loss, String origin) {
    super(
        "The loss became %s at step %d; the first value that is not finite came from %s."
                .formatted(loss, step, origin)
            + " The parameters are those before this step. A smaller learning rate, clipped"
            + " gradients or scaled inputs may help");
    this.step = step;
    this.origin = origin;
  }

  /** The step, counted from 1. */
  public long step() {
    return step;
  }

  /** Where the first value that is not finite came from: a layer, a parameter, or the input. */
  public String origin() {
    return origin;
  }
}
