package dev.volute.train;

import dev.volute.VoluteException;
import java.io.PrintWriter;
import java.nio.file.Path;

/** The usual listeners. */
public final class Listeners {
  private Listeners() {}

  /**
   * Shows on standard error where training stands: a line that renews itself on a terminal, else a
   * plain line after each epoch.
   */
  public static Listener progressBar() {
    return progressBar(new PrintWriter(System.err, true), System.console() != null);
  }

  /**
   * Shows where training stands.
   *
   * @param terminal true if {@code out} is one: the line of the present epoch then renews itself
   */
  public static Listener progressBar(PrintWriter out, boolean terminal) {
    return new ProgressBar(out, terminal);
  }

  /**
   * Stops when the loss, on the validation data if there is any, has not fallen below its lowest
   * for some epochs, and gives the model the parameters of its best epoch.
   *
   * @param patience epochs without progress that are borne, at least 1
   */
  public static Listener earlyStopping(int patience) {
    if (patience < 1) {
      throw new VoluteException("Early stopping bears at least 1 epoch, not " + patience);
    }
    return new EarlyStopping(patience);
  }

  /**
   * Writes the model after each epoch as {@code epoch-001.safetensors} and so on. A file appears
   * whole or not at all.
   *
   * @param folder made if it is not there
   */
  public static Listener checkpoints(Path folder) {
    return new Checkpoints(folder);
  }
}
