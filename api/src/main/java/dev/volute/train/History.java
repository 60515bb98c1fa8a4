package dev.volute.train;

import java.util.List;

/** What training gave, epoch by epoch. */
public record History(List<EpochResult> epochs) {
  public History {
    epochs = List.copyOf(epochs);
  }

  public EpochResult last() {
    return epochs.get(epochs.size() - 1);
  }
}
