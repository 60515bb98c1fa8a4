package dev.volute.conformance.command;

import dev.volute.conformance.rule.Check;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;

/** Tells now and then how far a long run has come. */
final class Progress {
  private static final long PAUSE = TimeUnit.SECONDS.toNanos(3);

  private final PrintWriter out;
  private final int all;
  private int begun;
  private long told = System.nanoTime();

  /**
   * @param all how many checks there are
   */
  Progress(PrintWriter out, int all) {
    this.out = out;
    this.all = all;
  }

  /** A check begins. */
  void next(Check check) {
    begun++;
    long now = System.nanoTime();
    if (now - told >= PAUSE) {
      told = now;
      out.println("check %d of %d: %s".formatted(begun, all, check.id()));
      out.flush();
    }
  }
}
