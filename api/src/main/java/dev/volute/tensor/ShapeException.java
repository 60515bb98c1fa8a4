package dev.volute.tensor;

import dev.volute.VoluteException;

/**
 * Shapes or element types that do not fit together. The message names the shapes met and what would
 * fit; when a network is being traced it starts with the path of the layer.
 */
public final class ShapeException extends VoluteException {
  private static final long serialVersionUID = 1L;

  public ShapeException(String message) {
    super(message);
  }

  public ShapeException(String message, Throwable cause) {
    super(message, cause);
  }
}
