package dev.volute.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page on writing a backend says what the project that it follows does. */
class WritingABackendTest {
  private static final Path PROJECT = Path.of("..", "examples", "third-party-backend");
  private static final Path PAGE = Path.of("..", "docs", "writing-a-backend.md");

  @Test
  void everyBlockStandsInTheFileThatItNames() throws IOException {
    String page = Files.readString(PAGE);
    List<MatchResult> blocks =
        Pattern.compile("^```(\\w+) (\\S+)\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE)
            .matcher(page)
            .results()
            .toList();
    long fences = page.lines().filter(line -> line.startsWith("```")).count();
    assertEquals(fences, 2L * blocks.size(), "a block names no file");
    assertTrue(blocks.size() > 10, "blocks: " + blocks.size());
    for (MatchResult block : blocks) {
      String file = Files.readString(PROJECT.resolve(block.group(2)));
      assertTrue(spaceless(file).contains(spaceless(block.group(3))), block.group());
    }
  }

  @Test
  void theProjectIsAsShortAsThePageSays() throws IOException {
    long lines = 0;
    try (Stream<Path> files = Files.walk(PROJECT.resolve("src"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
        lines += Files.readAllLines(file).size();
      }
    }
    assertTrue(lines < 500, lines + " lines");
    assertTrue(Files.readString(PAGE).contains("in less than 500 lines of Java"));
  }

  private static String spaceless(String text) {
    return text.replaceAll("\\s+", "");
  }
}
