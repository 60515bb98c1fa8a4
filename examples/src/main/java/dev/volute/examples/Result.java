package dev.volute.examples;

import java.util.Locale;

/** The last line of a training program, for other programs to read. */
final class Result {
  private final StringBuilder line = new StringBuilder("result");

  Result() {}

  Result with(String name, String value) {
    line.append(' ').append(name).append('=').append(value);
    return this;
  }

  Result with(String name, double value) {
    return with(name, String.format(Locale.ROOT, "%.6g", value));
  }

  Result with(String name, int value) {
    return with(name, Integer.toString(value));
  }

  @Override
  public String toString() {
    return line.toString();
  }
}
