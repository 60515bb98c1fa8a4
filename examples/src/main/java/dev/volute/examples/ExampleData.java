package dev.volute.examples;

import dev.volute.data.Source;
import java.io.FileNotFoundException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The data that lie in this module. The file LICENSE beside each says who made it and what is
 * allowed.
 */
final class ExampleData {
  private ExampleData() {}

  /** Fashion-MNIST's test images: 10,000 of 28 x 28. */
  static Source fashionImages() {
    return resource("fashion/t10k-images-idx3-ubyte.gz");
  }

  /** The classes of {@link #fashionImages}, 0 to 9. */
  static Source fashionLabels() {
    return resource("fashion/t10k-labels-idx1-ubyte.gz");
  }

  /** English first names, those of women before those of men; some are in both lists. */
  static List<String> firstNames() {
    List<String> names = new ArrayList<>(resource("names/female.txt.gz").lines());
    names.addAll(resource("names/male.txt.gz").lines());
    return names;
  }

  /** Yearly numbers of sunspots from 1700, columns YEAR and SUNACTIVITY. */
  static Source sunspots() {
    return resource("sunspots/sunspots.csv.gz");
  }

  private static Source resource(String path) {
    return Source.of(
        path,
        () -> {
          InputStream stream = ExampleData.class.getResourceAsStream(path);
          if (stream == null) {
            throw new FileNotFoundException(path);
          }
          return stream;
        });
  }
}
