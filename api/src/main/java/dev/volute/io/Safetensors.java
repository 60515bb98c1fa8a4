package dev.volute.io;

import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tensors by name, with text by name beside them, as a safetensors file holds them: the length of
 * the header in eight bytes, the header in JSON, and the elements of all tensors behind one
 * another. All numbers are little-endian. F32, F64 and I32 tensors are supported.
 *
 * <p>Both maps are unmodifiable and keep their order. The tensors themselves are not copied.
 *
 * @param tensors the tensors by name
 * @param metadata free text by name
 */
public record Safetensors(Map<String, Tensor> tensors, Map<String, String> metadata) {
  /** A longer header is taken for damage, as the format's reference implementation does. */
  private static final long MAXIMUM_HEADER = 100_000_000;

  private static final int LENGTH_BYTES = 8;

  /** The header is filled up with spaces so that the data start at a multiple of this. */
  private static final int ALIGNMENT = 8;

  private static final int CHUNK = 1 << 20;

  public Safetensors {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  /** Tensors without metadata. */
  public static Safetensors of(Map<String, Tensor> tensors) {
    return new Safetensors(tensors, Map.of());
  }

  /**
   * Writes a file, through a temporary file beside it: after a failure the file is what it was
   * before.
   *
   * @throws SafetensorsException if the file cannot be written, a name is no Unicode text, or a
   *     tensor has the name {@code __metadata__}, which the format keeps for itself
   */
  public void write(Path file) {
    ByteBuffer header = header(file);
    try {
      AtomicFile.write(
          file,
          channel -> {
            writeAll(channel, header);
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
            for (Header.Entry entry : Header.byPlace(layout().entries())) {
              writeElements(channel, tensors.get(entry.name()), chunk);
            }
          });
    } catch (IOException failed) {
      throw new SafetensorsException(file, "cannot be written: " + reason(failed), failed);
    }
  }

  private Header layout() {
    Map<String, TensorType> types = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> types.put(name, tensor.type()));
    return Header.of(types, metadata);
  }

  private ByteBuffer header(Path file) {
    if (tensors.containsKey(Header.METADATA)) {
      throw new SafetensorsException(
          file, "names of tensors", Header.METADATA, "a name that the format leaves free");
    }
    ByteBuffer json;
    try {
      json = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(layout().toJson()));
    } catch (CharacterCodingException malformed) {
      throw new SafetensorsException(file, "a name or its text is not Unicode text", malformed);
    }
    int padded = (json.remaining() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    ByteBuffer header =
        ByteBuffer.allocate(LENGTH_BYTES + padded).order(ByteOrder.LITTLE_ENDIAN).putLong(padded);
    header.put(json);
    while (header.hasRemaining()) {
      header.put((byte) ' ');
    }
    return header.flip();
  }

  private static void writeElements(FileChannel channel, Tensor tensor, ByteBuffer chunk)
      throws IOException {
    int perChunk = chunk.capacity() / tensor.dtype().bytes();
    for (int from = 0; from < tensor.length(); from += perChunk) {
      int count = Math.min(perChunk, tensor.length() - from);
      chunk.clear().limit(count * tensor.dtype().bytes());
      switch (tensor.dtype()) {
        case F32 -> chunk.asFloatBuffer().put(tensor.floats(), from, count);
        case F64 -> chunk.asDoubleBuffer().put(tensor.doubles(), from, count);
        case I32 -> chunk.asIntBuffer().put(tensor.ints(), from, count);
      }
      writeAll(channel, chunk);
    }
  }

  private static void writeAll(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /**
   * Reads a file.
   *
   * @return tensors and metadata in the order of the file's header
   * @throws SafetensorsException if the file cannot be read or does not keep the format
   */
  public static Safetensors read(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      long length = headerLength(file, channel, size);
      byte[] json = new byte[(int) length];
      readAll(file, channel, ByteBuffer.wrap(json), LENGTH_BYTES);
      long start = LENGTH_BYTES + length;
      Header header = Header.parse(file, json, LENGTH_BYTES, size - start);
      ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (Header.Entry entry : header.entries()) {
        Tensor tensor = Tensor.zeros(entry.type());
        readElements(file, channel, tensor, start + entry.begin(), chunk);
        tensors.put(entry.name(), tensor);
      }
      return new Safetensors(tensors, header.metadata());
    } catch (IOException failed) {
      throw new SafetensorsException(file, "cannot be read: " + reason(failed), failed);
    }
  }

  private static long headerLength(Path file, FileChannel channel, long size) throws IOException {
    if (size < LENGTH_BYTES) {
      throw new SafetensorsException(
          file, "offset 0", size + " bytes", "the length of the header in 8 bytes");
    }
    ByteBuffer bytes = ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    readAll(file, channel, bytes, 0);
    long length = bytes.getLong(0);
    long most = Math.min(MAXIMUM_HEADER, size - LENGTH_BYTES);
    if (length < 2 || length > most) {
      throw new SafetensorsException(
          file,
          "offset 0",
          "a header of " + Long.toUnsignedString(length) + " bytes",
          "2 to " + most + " in a file of " + size + " bytes");
    }
    return length;
  }

  private static void readElements(
      Path file, FileChannel channel, Tensor tensor, long offset, ByteBuffer chunk)
      throws IOException {
    int bytes = tensor.dtype().bytes();
    int perChunk = chunk.capacity() / bytes;
    for (int from = 0; from < tensor.length(); from += perChunk) {
      int count = Math.min(perChunk, tensor.length() - from);
      chunk.clear().limit(count * bytes);
      readAll(file, channel, chunk, offset + (long) from * bytes);
      chunk.flip();
      switch (tensor.dtype()) {
        case F32 -> chunk.asFloatBuffer().get(tensor.floats(), from, count);
        case F64 -> chunk.asDoubleBuffer().get(tensor.doubles(), from, count);
        case I32 -> chunk.asIntBuffer().get(tensor.ints(), from, count);
      }
    }
  }

  /** Fills the buffer; the file was long enough a moment ago. */
  private static void readAll(Path file, FileChannel channel, ByteBuffer target, long offset)
      throws IOException {
    long next = offset;
    while (target.hasRemaining()) {
      int count = channel.read(target, next);
      if (count < 0) {
        throw new SafetensorsException(
            file, "offset " + next, "the end of the file", target.remaining() + " more bytes");
      }
      next += count;
    }
  }

  private static String reason(IOException failed) {
    if (failed instanceof NoSuchFileException missing) {
      return "there is no " + missing.getFile();
    }
    if (failed instanceof AccessDeniedException denied) {
      return "access to " + denied.getFile() + " is denied";
    }
    return String.valueOf(failed.getMessage());
  }
}
