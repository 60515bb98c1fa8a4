package dev.volute.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdxTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readsImagesPlainOrGzip(boolean gzip) throws IOException {
    byte[] content = images(2, 2, 3, 0, 51, 102, 153, 204, 255, 1, 2, 3, 4, 5, 6);
    Tensor images = Idx.images(file("images", gzip ? gzip(content) : content));

    assertEquals(Shape.of(2, 1, 2, 3), images.shape());
    assertArrayEquals(
        new float[] {
          0f,
          51 / 255f,
          102 / 255f,
          153 / 255f,
          204 / 255f,
          1f,
          1 / 255f,
          2 / 255f,
          3 / 255f,
          4 / 255f,
          5 / 255f,
          6 / 255f
        },
        images.floats());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void readsLabelsPlainOrGzip(boolean gzip) throws IOException {
    byte[] content = labels(4, 9, 0, 3, 9);
    Tensor labels = Idx.labels(file("labels", gzip ? gzip(content) : content), 10);

    assertEquals(Tensor.of(Shape.of(4), 9, 0, 3, 9), labels);
  }

  @Test
  void pairsImagesWithLabels() throws IOException {
    Dataset data =
        Idx.dataset(file("i", images(3, 1, 1, 0, 255, 0)), file("l", labels(3, 7, 8, 9)), 10);

    Batch batch = data.batch(1);
    assertEquals(3, data.size());
    assertEquals(Tensor.of(Shape.of(1, 1, 1, 1), 1f), batch.inputs());
    assertEquals(Tensor.of(Shape.of(1), 8), batch.targets());
  }

  @Test
  void readsFilesWithoutASingleImage() throws IOException {
    assertEquals(Shape.of(0, 1, 28, 28), Idx.images(file("i", images(0, 28, 28))).shape());
    assertEquals(Shape.of(0), Idx.labels(file("l", labels(0)), 10).shape());
  }

  @Test
  void missingFile() {
    Source source = Source.file(folder.resolve("nowhere.gz"));
    assertEquals(source + ": no such file", messageOf(() -> Idx.images(source)));
  }

  @Test
  void folderInPlaceOfAFile() {
    Source source = Source.file(folder);
    assertEquals(source + ": cannot be read (it is a folder)", messageOf(() -> Idx.images(source)));
  }

  @Test
  void emptyFile() throws IOException {
    Source source = file("empty");
    assertEquals(
        source
            + ": truncated: the magic number needs 4 bytes from offset 0,"
            + " but the content ends at offset 0",
        messageOf(() -> Idx.images(source)));
  }

  @Test
  void truncatedInTheHeader() throws IOException {
    Source source = file("cut", Arrays.copyOf(images(1, 1, 1, 0), 10));
    assertEquals(
        source
            + ": truncated: the height needs 4 bytes from offset 8,"
            + " but the content ends at offset 10",
        messageOf(() -> Idx.images(source)));
  }

  @Test
  void truncatedInTheImages() throws IOException {
    Source source = file("cut", Arrays.copyOf(images(2, 3, 5, new int[30]), 16 + 17));
    assertEquals(
        source
            + ": truncated: the header's 2 images of 3 x 5 needs 30 bytes from offset 16,"
            + " but the content ends at offset 33",
        messageOf(() -> Idx.images(source)));
  }

  @Test
  void truncatedGzip() throws IOException {
    byte[] whole = gzip(images(100, 28, 28, noise(100 * 28 * 28)));
    Source source = file("cut.gz", Arrays.copyOf(whole, whole.length / 2));
    String message = messageOf(() -> Idx.images(source));
    assertMatches(source + ": truncated: the gzip data stop after offset \\d+", message);
  }

  @Test
  void corruptGzip() throws IOException {
    byte[] content = gzip(images(100, 28, 28, noise(100 * 28 * 28)));
    byte[] checkSum = content.clone();
    checkSum[content.length - 6] ^= 1;
    Source wrongSum = file("sum.gz", checkSum);
    assertEquals(
        wrongSum + ": corrupt gzip after offset 78416 (Corrupt GZIP trailer)",
        messageOf(() -> Idx.images(wrongSum)));

    byte[] header = content.clone();
    header[2] = 99;
    Source wrongHeader = file("header.gz", header);
    assertEquals(
        wrongHeader + ": corrupt gzip in the header (Unsupported compression method)",
        messageOf(() -> Idx.images(wrongHeader)));
  }

  @Test
  void wrongMagicNumber() throws IOException {
    Source labels = file("labels", labels(1, 0));
    assertEquals(
        labels
            + ": wrong magic number 0x00000801 at offset 0;"
            + " expected 0x00000803 for images (IDX3, unsigned bytes)",
        messageOf(() -> Idx.images(labels)));
    Source images = file("images", images(1, 1, 1, 0));
    assertEquals(
        images
            + ": wrong magic number 0x00000803 at offset 0;"
            + " expected 0x00000801 for labels (IDX1, unsigned bytes)",
        messageOf(() -> Idx.labels(images, 10)));
  }

  @Test
  void negativeOrHugeCountsInTheHeader() throws IOException {
    Source negative = file("negative", images(-1, 28, 28));
    assertEquals(
        negative
            + ": the header from offset 4 asks for 4294967295 x 28 x 28 elements;"
            + " a tensor holds at most 2147483631",
        messageOf(() -> Idx.images(negative)));
    Source square = file("square", images(1, -1, -1));
    assertEquals(
        square
            + ": the header from offset 4 asks for 1 x 4294967295 x 4294967295 elements;"
            + " a tensor holds at most 2147483631",
        messageOf(() -> Idx.images(square)));
  }

  @Test
  void imagesWithoutPixels() throws IOException {
    Source source = file("flat", images(3, 0, 28));
    assertEquals(
        source + ": the header at offset 8 says 0 x 28 pixels; expected at least 1 x 1",
        messageOf(() -> Idx.images(source)));
  }

  @Test
  void moreContentThanTheHeaderSays() throws IOException {
    Source source = file("long", labels(2, 1, 2, 3));
    assertEquals(
        source + ": the header promises 10 bytes, but there are more from offset 10",
        messageOf(() -> Idx.labels(source, 10)));
  }

  @Test
  void labelOutOfRange() throws IOException {
    Source source = file("labels", labels(4, 9, 0, 10, 3));
    assertEquals(
        source + ": label 10 at offset 10 (sample 2) is out of range; expected 0 to 9",
        messageOf(() -> Idx.labels(source, 10)));
  }

  @Test
  void asManyLabelsAsImages() throws IOException {
    Source images = file("images", images(3, 1, 1, 1, 2, 3));
    Source labels = file("labels", labels(2, 1, 2));
    assertEquals(
        labels + ": holds 2 labels (count at offset 4), but " + images + " holds 3 images",
        messageOf(() -> Idx.dataset(images, labels, 10)));
  }

  private static String messageOf(Runnable reading) {
    return assertThrows(DataFormatException.class, reading::run).getMessage();
  }

  private static void assertMatches(String pattern, String message) {
    assertEquals(true, message.matches(pattern), message);
  }

  private Source file(String name, byte... content) throws IOException {
    return Source.file(Files.write(folder.resolve(name), content));
  }

  private static byte[] images(int count, int height, int width, int... pixels) {
    ByteBuffer file = ByteBuffer.allocate(16 + pixels.length);
    file.putInt(0x803).putInt(count).putInt(height).putInt(width);
    for (int pixel : pixels) {
      file.put((byte) pixel);
    }
    return file.array();
  }

  private static byte[] labels(int count, int... labels) {
    ByteBuffer file = ByteBuffer.allocate(8 + labels.length);
    file.putInt(0x801).putInt(count);
    for (int label : labels) {
      file.put((byte) label);
    }
    return file.array();
  }

  /** Bytes that do not compress away. */
  private static int[] noise(int count) {
    int[] values = new int[count];
    int state = 1;
    for (int i = 0; i < count; i++) {
      state = state * 1103515245 + 12345;
      values[i] = state >>> 16 & 0xFF;
    }
    return values;
  }

  private static byte[] gzip(byte[] content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(content);
    }
    return bytes.toByteArray();
  }
}
