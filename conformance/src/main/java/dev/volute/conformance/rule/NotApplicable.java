package dev.volute.conformance.rule;

/**
 * A check has nothing to check, for example because the backend does not claim an optional type.
 */
public final class NotApplicable extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public NotApplicable(String reason) {
    super(reason, null, false, false);
  }
}
