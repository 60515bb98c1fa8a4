package dev.volute;

/**
 * A mistake in input or environment that the message alone explains: what was wrong, where, and
 * what would fit.
 *
 * <p>A program may print the message and leave out the stack trace. Every exception of the library
 * that a user can cause or mend derives from this class; anything else that escapes is a defect of
 * the library or of a backend.
 */
public class VoluteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public VoluteException(String message) {
    super(message);
  }

  public VoluteException(String message, Throwable cause) {
    super(message, cause);
  }
}
