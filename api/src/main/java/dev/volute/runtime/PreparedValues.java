package dev.volute.runtime;

import dev.volute.graph.Variable;
import java.util.List;

/** Values of an executable that depend on variables alone, kept from run to run. */
final class PreparedValues {
  private final List<Executable> steps;
  private final List<Variable> variables;
  private boolean current;

  /**
   * @param steps compute the values
   * @param variables hold them
   */
  PreparedValues(List<Executable> steps, List<Variable> variables) {
    this.steps = steps;
    this.variables = variables;
  }

  List<Executable> steps() {
    return steps;
  }

  List<Variable> variables() {
    return variables;
  }

  /** True if they belong to the variables' present values. */
  boolean current() {
    return current;
  }

  void update() {
    current = true;
  }

  void outdate() {
    current = false;
  }
}
