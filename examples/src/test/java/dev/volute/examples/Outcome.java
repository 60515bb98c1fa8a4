package dev.volute.examples;

import java.io.PrintWriter;
import java.io.StringWriter;

/** What a program printed and returned. */
record Outcome(int status, String out, String err) {
  /** Runs a command line. */
  static Outcome of(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int status = Examples.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    return new Outcome(status, out.toString(), err.toString());
  }
}
