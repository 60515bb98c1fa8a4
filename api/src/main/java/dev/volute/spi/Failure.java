package dev.volute.spi;

/** A foreign exception in one line. */
final class Failure {
  private static final int DEPTH = 8;

  private Failure() {}

  /** Class and message of the exception and of its causes, outermost first. */
  static String describe(Throwable thrown) {
    StringBuilder text = new StringBuilder(thrown.toString());
    Throwable cause = thrown.getCause();
    for (int depth = 1; cause != null && depth < DEPTH; depth++) {
      // Wrappers often repeat the message of what they wrap.
      if (text.indexOf(cause.toString()) < 0) {
        text.append("; caused by ").append(cause);
      }
      cause = cause.getCause();
    }
    return oneLine(text.toString());
  }

  static String oneLine(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }
}
