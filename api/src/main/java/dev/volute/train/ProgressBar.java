package dev.volute.train;

import dev.volute.nn.Model;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;

/** See {@link Listeners#progressBar()}. */
final class ProgressBar implements Listener {
  private static final int WIDTH = 24;
  private static final long NANOS_BETWEEN = 100_000_000L;
  private static final String CLEAR = "\r\u001b[K";

  private final PrintWriter out;
  private final boolean terminal;
  private long epochBegun;
  private long lastDrawn;

  ProgressBar(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  @Override
  public void stepFinished(Progress progress) {
    if (!terminal) {
      return;
    }
    long now = System.nanoTime();
    if (progress.step() == 1) {
      epochBegun = now;
    }
    if (progress.step() == 1 || now - lastDrawn >= NANOS_BETWEEN) {
      lastDrawn = now;
      draw(progress, now);
    }
  }

  private void draw(Progress progress, long now) {
    int filled = WIDTH * progress.step() / progress.steps();
    double left =
        progress.step() <= 1
            ? 0
            : (now - epochBegun)
                * 1e-9
                * (progress.steps() - progress.step())
                / (progress.step() - 1);
    out.print(
        String.format(
            Locale.ROOT,
            "%s%s  [%s%s] %d/%d  loss %.4f  %.0f s left",
            CLEAR,
            epoch(progress.epoch(), progress),
            "=".repeat(filled),
            " ".repeat(WIDTH - filled),
            progress.step(),
            progress.steps(),
            progress.loss(),
            left));
    out.flush();
  }

  private static String epoch(int number, Progress progress) {
    return "epoch " + number + "/" + progress.epochs();
  }

  @Override
  public void epochFinished(EpochResult result, Model model, Progress progress) {
    StringBuilder line = new StringBuilder(terminal ? CLEAR : "");
    line.append(epoch(result.epoch(), progress));
    append(line, "", result.training());
    append(line, "validation ", result.validation());
    line.append(String.format(Locale.ROOT, "  %.1f s", result.duration().toNanos() * 1e-9));
    out.println(line);
    out.flush();
  }

  private static void append(StringBuilder line, String prefix, Map<String, Double> measures) {
    measures.forEach(
        (name, value) ->
            line.append(String.format(Locale.ROOT, "  %s%s %.4f", prefix, name, value)));
  }

  @Override
  public void finished(Model model, Progress progress) {
    if (terminal && progress.step() < progress.steps()) {
      out.println();
    }
  }
}
