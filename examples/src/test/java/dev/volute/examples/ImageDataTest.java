package dev.volute.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.volute.data.Batch;
import dev.volute.data.DataFormatException;
import dev.volute.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageDataTest {
  @TempDir Path folder;

  @Test
  void theEmbeddedImagesAreTenThousandInTenBalancedClasses() {
    ImageData images = ImageData.embedded();
    assertEquals(8000, images.train().size());
    assertEquals(2000, images.test().size());
    int[] perClass = new int[10];
    for (int[] part : new int[][] {{0, 8000}, {1, 2000}}) {
      Batch all =
          (part[0] == 0 ? images.train() : images.test())
              .batch(IntStream.range(0, part[1]).toArray());
      assertEquals(Shape.of(part[1], 1, 28, 28), all.inputs().shape());
      for (int label : all.targets().ints()) {
        perClass[label]++;
      }
    }
    for (int count : perClass) {
      assertEquals(1000, count);
    }
  }

  @Test
  void aFolderOfIdxFilesPlainOrGzip() {
    IdxFiles.write(folder, "train", 3, 28);
    IdxFiles.writeGzip(folder, "t10k", 2, 28);
    ImageData images = ImageData.in(folder);
    assertEquals(3, images.train().size());
    assertEquals(2, images.test().size());
  }

  @Test
  void aFolderWhoseFilesHoldNoImage() {
    IdxFiles.write(folder, "train", 0, 28);
    assertEquals(
        folder.resolve("train-images-idx3-ubyte") + ": holds no images",
        assertThrows(DataFormatException.class, () -> ImageData.in(folder)).getMessage());
  }

  @Test
  void aFolderWithoutTheFiles() throws IOException {
    IdxFiles.write(folder, "train", 3, 28);
    String message =
        assertThrows(DataFormatException.class, () -> ImageData.in(folder)).getMessage();
    assertEquals(folder.resolve("t10k-labels-idx1-ubyte.gz") + ": no such file", message);
    Files.delete(folder.resolve("train-labels-idx1-ubyte"));
    assertThrows(DataFormatException.class, () -> ImageData.in(folder));
  }
}
