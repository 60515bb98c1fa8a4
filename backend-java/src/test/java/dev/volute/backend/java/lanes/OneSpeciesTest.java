package dev.volute.backend.java.lanes;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * All vectors have the width that the processor prefers. As soon as a second width is in use, the
 * JVM's compiler no longer knows which one a loop works on: every vector of every kernel becomes an
 * object on the heap, and a step takes three times as long.
 */
class OneSpeciesTest {
  private static final Pattern FIXED_WIDTH = Pattern.compile("SPECIES_(?!PREFERRED\\b)\\w+");

  @Test
  void noKernelNamesAWidth() throws IOException {
    List<Path> sources;
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      sources = files.filter(file -> file.toString().endsWith(".java")).toList();
    }
    assertTrue(sources.stream().anyMatch(file -> file.toString().contains("lanes")));
    for (Path source : sources) {
      assertFalse(
          FIXED_WIDTH.matcher(Files.readString(source)).find(), source + " names a vector's width");
    }
  }
}
