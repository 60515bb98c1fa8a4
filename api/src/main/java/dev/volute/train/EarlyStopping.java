package dev.volute.train;

import dev.volute.nn.Model;
import dev.volute.tensor.Tensor;
import java.util.Map;

/** See {@link Listeners#earlyStopping}. */
final class EarlyStopping implements Listener {
  private final int patience;
  private Map<String, Tensor> best = Map.of();
  private double lowest = Double.POSITIVE_INFINITY;
  private int since;

  EarlyStopping(int patience) {
    this.patience = patience;
  }

  @Override
  public void started(Progress progress) {
    best = Map.of();
    lowest = Double.POSITIVE_INFINITY;
    since = 0;
  }

  @Override
  public void epochFinished(EpochResult result, Model model, Progress progress) {
    if (result.loss() < lowest) {
      lowest = result.loss();
      best = model.values();
      since = 0;
    } else if (++since >= patience) {
      progress.stop();
    }
  }

  @Override
  public void finished(Model model, Progress progress) {
    if (!best.isEmpty() && since > 0) {
      model.load(best);
    }
    best = Map.of();
  }
}
