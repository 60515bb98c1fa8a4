package dev.volute.train;

import dev.volute.VoluteException;

/** How often training goes through the data. */
public record Epochs(int count) {
  public Epochs {
    if (count < 1) {
      throw new VoluteException("Training takes at least 1 epoch, not " + count);
    }
  }

  public static Epochs epochs(int count) {
    return new Epochs(count);
  }
}
