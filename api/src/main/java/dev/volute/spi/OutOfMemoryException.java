package dev.volute.spi;

/** More memory was asked for than there is. */
public final class OutOfMemoryException extends BackendException {
  private static final long serialVersionUID = 1L;

  public OutOfMemoryException(String message) {
    super(message);
  }

  public OutOfMemoryException(String message, Throwable cause) {
    super(message, cause);
  }
}
