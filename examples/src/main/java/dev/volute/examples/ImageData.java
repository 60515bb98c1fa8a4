package dev.volute.examples;

import dev.volute.data.DataFormatException;
import dev.volute.data.Dataset;
import dev.volute.data.Idx;
import dev.volute.data.Source;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Grey images in ten classes: inputs F32 [images, 1, height, width], targets I32 [images].
 *
 * @param train images to learn from
 * @param test images to judge by
 */
record ImageData(Dataset train, Dataset test) {
  static final int CLASSES = 10;

  /** Height and width of an image. */
  static final int SIDE = 28;

  private static final int EMBEDDED_TRAIN = 8000;

  /** The 10,000 images in this module: 8,000 to learn from, 2,000 to judge by. */
  static ImageData embedded() {
    Dataset all = Idx.dataset(ExampleData.fashionImages(), ExampleData.fashionLabels(), CLASSES);
    Dataset.Split split = all.split(EMBEDDED_TRAIN);
    return new ImageData(split.first(), split.second());
  }

  /**
   * The four files of the MNIST family, each with or without {@code .gz}.
   *
   * @throws DataFormatException if one is missing or damaged
   */
  static ImageData in(Path folder) {
    return new ImageData(part(folder, "train"), part(folder, "t10k"));
  }

  /** The same images with mean 0 and standard deviation 1 over the training images' pixels. */
  ImageData standardised() {
    Standardised scaled = Standardised.of(train);
    return new ImageData(scaled, scaled.alike(test));
  }

  private static Dataset part(Path folder, String name) {
    Source images = file(folder, name + "-images-idx3-ubyte");
    Source labels = file(folder, name + "-labels-idx1-ubyte");
    Dataset data = Idx.dataset(images, labels, CLASSES);
    if (data.size() == 0) {
      throw new DataFormatException(images.name(), "holds no images");
    }
    return data;
  }

  private static Source file(Path folder, String name) {
    Path plain = folder.resolve(name);
    return Source.file(Files.exists(plain) ? plain : folder.resolve(name + ".gz"));
  }
}
