package dev.volute.data;

import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;

/**
 * The IDX format of the MNIST family, plain or gzip: a magic number, the lengths of the axes as
 * four-byte big-endian numbers, then the elements as unsigned bytes.
 */
public final class Idx {
  /** Unsigned bytes on one axis: labels. */
  private static final long LABELS = 0x0801;

  /** Unsigned bytes on three axes: images. */
  private static final long IMAGES = 0x0803;

  private static final int IMAGES_HEADER = 16;

  private Idx() {}

  /**
   * Images with their grey values scaled from 0..255 to 0..1.
   *
   * @return F32 [images, 1, height, width]
   * @throws DataFormatException if the source is missing, cut off, damaged or no IDX3 file
   */
  public static Tensor images(Source source) {
    try (ByteReader reader = new ByteReader(source)) {
      expectMagic(reader, source, IMAGES, "images (IDX3, unsigned bytes)");
      long count = reader.unsignedInt("the number of images");
      long height = reader.unsignedInt("the height");
      long width = reader.unsignedInt("the width");
      if (height == 0 || width == 0) {
        throw new DataFormatException(
            source.name(),
            "the header at offset 8 says %d x %d pixels; expected at least 1 x 1"
                .formatted(height, width));
      }
      int pixels = elements(source, count, height, width);
      byte[] bytes =
          reader.bytes(pixels, "the header's %d images of %d x %d".formatted(count, height, width));
      reader.expectEnd();
      float[] values = new float[pixels];
      for (int i = 0; i < pixels; i++) {
        values[i] = (bytes[i] & 0xFF) / 255f;
      }
      return Tensor.of(Shape.of((int) count, 1, (int) height, (int) width), values);
    }
  }

  /**
   * Labels.
   *
   * @param classes labels must lie in 0 .. classes-1
   * @return I32 [labels]
   * @throws DataFormatException if the source is missing, cut off, damaged or no IDX1 file, or if a
   *     label is out of range
   */
  public static Tensor labels(Source source, int classes) {
    try (ByteReader reader = new ByteReader(source)) {
      expectMagic(reader, source, LABELS, "labels (IDX1, unsigned bytes)");
      int count = elements(source, reader.unsignedInt("the number of labels"), 1, 1);
      long start = reader.offset();
      byte[] bytes = reader.bytes(count, "the header's " + count + " labels");
      reader.expectEnd();
      int[] values = new int[count];
      for (int i = 0; i < count; i++) {
        values[i] = bytes[i] & 0xFF;
        if (values[i] >= classes) {
          throw new DataFormatException(
              source.name(),
              "label %d at offset %d (sample %d) is out of range; expected 0 to %d"
                  .formatted(values[i], start + i, i, classes - 1));
        }
      }
      return Tensor.of(Shape.of(count), values);
    }
  }

  /**
   * Images with their labels.
   *
   * @param classes labels must lie in 0 .. classes-1
   * @return inputs F32 [images, 1, height, width], targets I32 [images]
   * @throws DataFormatException as {@link #images} and {@link #labels} do, and if there are not as
   *     many labels as images
   */
  public static Dataset dataset(Source images, Source labels, int classes) {
    Tensor targets = labels(labels, classes);
    Tensor inputs = images(images);
    if (inputs.shape().dim(0) != targets.shape().dim(0)) {
      throw new DataFormatException(
          labels.name(),
          "holds %d labels (count at offset 4), but %s holds %d images"
              .formatted(targets.shape().dim(0), images.name(), inputs.shape().dim(0)));
    }
    return Dataset.of(inputs, targets);
  }

  private static void expectMagic(ByteReader reader, Source source, long wanted, String what) {
    long magic = reader.unsignedInt("the magic number");
    if (magic != wanted) {
      throw new DataFormatException(
          source.name(),
          "wrong magic number 0x%08x at offset 0; expected 0x%08x for %s"
              .formatted(magic, wanted, what));
    }
  }

  private static int elements(Source source, long count, long height, long width) {
    // Counts are below 2^32, so two factors fit in 64 bits; the third is checked by division.
    long perImage = height * width;
    long limit = Integer.MAX_VALUE - IMAGES_HEADER;
    if (perImage < 0 || perImage > limit || count > limit / perImage) {
      throw new DataFormatException(
          source.name(),
          "the header from offset 4 asks for %d x %d x %d elements; a tensor holds at most %d"
              .formatted(count, height, width, limit));
    }
    return (int) (count * perImage);
  }
}
