package dev.volute.io;

import dev.volute.VoluteException;
import java.nio.file.Path;

/**
 * A safetensors file that cannot be read or written. The message tells the file, the place in it
 * (an offset in bytes or a tensor's name), what was met and what was expected.
 */
public final class SafetensorsException extends VoluteException {
  private static final long serialVersionUID = 1L;

  /**
   * @param place an offset or a tensor's name
   * @param met what stands there
   * @param expected what should stand there
   */
  SafetensorsException(Path file, String place, String met, String expected) {
    super("%s: %s: met %s; expected %s".formatted(file, place, met, expected));
  }

  SafetensorsException(Path file, String problem, Throwable cause) {
    super(file + ": " + problem, cause);
  }
}
