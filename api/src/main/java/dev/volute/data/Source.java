package dev.volute.data;

import java.io.BufferedInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * Something that bytes are read from, with the name that error messages give it. Content that
 * starts as gzip does is decompressed on the way.
 */
public final class Source {
  private static final int GZIP_MAGIC = 0x1f8b;

  private final String name;
  private final Opener opener;

  private Source(String name, Opener opener) {
    this.name = name;
    this.opener = opener;
  }

  /** Opens the raw bytes of a source. */
  @FunctionalInterface
  public interface Opener {
    InputStream open() throws IOException;
  }

  /** A file, plain or gzip. */
  public static Source file(Path path) {
    return new Source(path.toString(), () -> openFile(path));
  }

  /**
   * Any other bytes, plain or gzip; for example a resource of the caller's own module.
   *
   * @param name what error messages call it
   */
  public static Source of(String name, Opener opener) {
    return new Source(name, opener);
  }

  public String name() {
    return name;
  }

  /**
   * The content, decompressed.
   *
   * @throws DataFormatException if the source does not exist or cannot be opened
   */
  InputStream open() {
    InputStream raw;
    try {
      raw = new BufferedInputStream(opener.open(), 1 << 16);
    } catch (NoSuchFileException | FileNotFoundException missing) {
      throw new DataFormatException(name, "no such file", missing);
    } catch (IOException unreadable) {
      throw unreadable(unreadable);
    }
    try {
      raw.mark(2);
      int magic = raw.read() << 8 | raw.read();
      raw.reset();
      return magic == GZIP_MAGIC ? new GZIPInputStream(raw, 1 << 16) : raw;
    } catch (IOException damaged) {
      try {
        raw.close();
      } catch (IOException alsoUnclosable) {
        damaged.addSuppressed(alsoUnclosable);
      }
      throw new DataFormatException(
          name, "corrupt gzip in the header (" + damaged.getMessage() + ")", damaged);
    }
  }

  /**
   * The content as text in UTF-8, without a byte order mark.
   *
   * @throws DataFormatException if the source is missing, damaged or not UTF-8; the message gives
   *     the offset of the first byte that does not fit
   */
  public String text() {
    byte[] bytes;
    try (ByteReader reader = new ByteReader(this)) {
      bytes = reader.rest();
    }
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    if (result.isError()) {
      throw new DataFormatException(
          name,
          "byte 0x%02x at offset %d is not UTF-8 text"
              .formatted(bytes[in.position()], in.position()));
    }
    String text = out.flip().toString();
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  /**
   * The lines of {@link #text()}, without their ends.
   *
   * @throws DataFormatException as {@link #text()} does
   */
  public List<String> lines() {
    return text().lines().toList();
  }

  DataFormatException unreadable(IOException cause) {
    return new DataFormatException(name, "cannot be read (" + cause.getMessage() + ")", cause);
  }

  private static InputStream openFile(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new IOException("it is a folder");
    }
    return Files.newInputStream(path);
  }

  @Override
  public String toString() {
    return name;
  }
}
