package dev.volute.data;

import dev.volute.VoluteException;

/**
 * Data that cannot be read: a file that is missing, cut off, damaged or not what it should be. The
 * message starts with the name of the source and says what was met, where, and what was expected.
 */
public final class DataFormatException extends VoluteException {
  private static final long serialVersionUID = 1L;

  /**
   * @param source the file or resource that was read
   * @param why what was met, where, and what was expected
   */
  public DataFormatException(String source, String why) {
    super(source + ": " + why);
  }

  public DataFormatException(String source, String why, Throwable cause) {
    super(source + ": " + why, cause);
  }
}
