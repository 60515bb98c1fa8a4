package dev.volute.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.ZipException;

/**
 * Reads a source from its start and knows the offset in the decompressed content, so that every
 * error can name the place.
 */
final class ByteReader implements AutoCloseable {
  private static final int CHUNK = 1 << 20;

  private final Source source;
  private final InputStream in;
  private long offset;

  ByteReader(Source source) {
    this.source = source;
    this.in = source.open();
  }

  /** The offset of the next byte. */
  long offset() {
    return offset;
  }

  /** Four bytes, most significant first, as an unsigned number. */
  long unsignedInt(String what) {
    byte[] bytes = bytes(4, what);
    return (bytes[0] & 0xFFL) << 24
        | (bytes[1] & 0xFFL) << 16
        | (bytes[2] & 0xFFL) << 8
        | bytes[3] & 0xFFL;
  }

  /**
   * Exactly {@code count} bytes. Memory grows with what the file really holds, so a damaged count
   * in a header cannot exhaust it.
   *
   * @param what what the bytes are, for the error message
   */
  byte[] bytes(int count, String what) {
    byte[] result = upTo(count);
    if (result.length < count) {
      throw new DataFormatException(
          source.name(),
          "truncated: %s needs %d bytes from offset %d, but the content ends at offset %d"
              .formatted(what, count, offset - result.length, offset));
    }
    return result;
  }

  /** Everything up to the end. */
  byte[] rest() {
    return upTo(Integer.MAX_VALUE - 8);
  }

  /** Reads on to the end, which also checks the check sum of a gzip file. */
  void expectEnd() {
    long end = offset;
    if (upTo(1).length > 0) {
      throw new DataFormatException(
          source.name(),
          "the header promises %d bytes, but there are more from offset %d".formatted(end, end));
    }
  }

  private byte[] upTo(int count) {
    byte[] buffer = new byte[Math.min(count, CHUNK)];
    int filled = 0;
    try {
      while (filled < count) {
        if (filled == buffer.length) {
          buffer = Arrays.copyOf(buffer, (int) Math.min(count, 2L * buffer.length));
        }
        int read = in.read(buffer, filled, buffer.length - filled);
        if (read < 0) {
          break;
        }
        filled += read;
        offset += read;
      }
    } catch (EOFException cut) {
      throw new DataFormatException(
          source.name(), "truncated: the gzip data stop after offset " + offset, cut);
    } catch (ZipException corrupt) {
      throw new DataFormatException(
          source.name(),
          "corrupt gzip after offset " + offset + " (" + corrupt.getMessage() + ")",
          corrupt);
    } catch (IOException unreadable) {
      throw source.unreadable(unreadable);
    }
    return filled == buffer.length ? buffer : Arrays.copyOf(buffer, filled);
  }

  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException unreadable) {
      throw source.unreadable(unreadable);
    }
  }
}
