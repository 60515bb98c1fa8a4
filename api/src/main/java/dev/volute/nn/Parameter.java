package dev.volute.nn;

import dev.volute.graph.Variable;

/**
 * A value that belongs to a model.
 *
 * @param variable path, element type and shape
 * @param trained false for statistics such as running means
 */
public record Parameter(Variable variable, Initializer initializer, boolean trained) {
  /** For example {@code conv2d1/weight}. */
  public String path() {
    return variable.label();
  }

  /** Of the variable, of which there is one parameter. */
  @Override
  public int hashCode() {
    return variable.hashCode();
  }
}
