package dev.volute.spi;

import dev.volute.VoluteException;

/** A backend that is absent, unusable, or was asked for what it cannot do. */
public class BackendException extends VoluteException {
  private static final long serialVersionUID = 1L;

  public BackendException(String message) {
    super(message);
  }

  public BackendException(String message, Throwable cause) {
    super(message, cause);
  }
}
