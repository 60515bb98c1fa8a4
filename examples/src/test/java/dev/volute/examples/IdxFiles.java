package dev.volute.examples;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Small data sets in the MNIST family's files: image i is grey all over, with label i % 10. */
final class IdxFiles {
  private IdxFiles() {}

  /** Images and labels, plain. */
  static void write(Path folder, String part, int count, int side) {
    write(folder.resolve(part + "-images-idx3-ubyte"), images(count, side), false);
    write(folder.resolve(part + "-labels-idx1-ubyte"), labels(count), false);
  }

  /** Images and labels, as gzip. */
  static void writeGzip(Path folder, String part, int count, int side) {
    write(folder.resolve(part + "-images-idx3-ubyte.gz"), images(count, side), true);
    write(folder.resolve(part + "-labels-idx1-ubyte.gz"), labels(count), true);
  }

  private static byte[] images(int count, int side) {
    ByteBuffer file = ByteBuffer.allocate(16 + count * side * side);
    file.putInt(0x803).putInt(count).putInt(side).putInt(side);
    for (int image = 0; image < count; image++) {
      for (int pixel = 0; pixel < side * side; pixel++) {
        file.put((byte) (25 * (image % 10)));
      }
    }
    return file.array();
  }

  private static byte[] labels(int count) {
    ByteBuffer file = ByteBuffer.allocate(8 + count);
    file.putInt(0x801).putInt(count);
    for (int image = 0; image < count; image++) {
      file.put((byte) (image % 10));
    }
    return file.array();
  }

  private static void write(Path file, byte[] content, boolean gzip) {
    try (OutputStream raw = Files.newOutputStream(file);
        OutputStream out = gzip ? new GZIPOutputStream(raw) : raw) {
      out.write(content);
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
