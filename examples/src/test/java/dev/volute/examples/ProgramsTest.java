package dev.volute.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.io.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs from the command line to their last line, and what they say of bad input. */
class ProgramsTest {
  @TempDir Path folder;

  private static Map<String, String> result(Outcome outcome) {
    assertEquals(0, outcome.status(), outcome.err());
    List<String> lines = outcome.out().lines().toList();
    String[] words = lines.get(lines.size() - 1).split(" ");
    assertEquals("result", words[0]);
    Map<String, String> values = new TreeMap<>();
    for (int i = 1; i < words.length; i++) {
      String[] pair = words[i].split("=");
      values.put(pair[0], pair[1]);
    }
    return values;
  }

  private static double number(Map<String, String> result, String name) {
    return Double.parseDouble(result.get(name));
  }

  @ParameterizedTest
  @MethodSource("dev.volute.examples.FastBackends#names")
  void theCnnLearnsInOneEpoch(String backend) throws Exception {
    Path saved = folder.resolve("cnn.safetensors");
    Map<String, String> result =
        result(
            Outcome.of("cnn", "--backend", backend, "--epochs", "1", "--save", saved.toString()));
    assertEquals(backend, result.get("backend"));
    assertTrue(number(result, "test_accuracy") > 0.7, result.toString());
    assertTrue(Safetensors.read(saved).tensors().containsKey("conv2d1/weight"));
  }

  @ParameterizedTest
  @MethodSource("dev.volute.examples.FastBackends#names")
  void namesAreBetterThanPairsOfLetters(String backend) {
    Outcome outcome = Outcome.of("names", "--backend", backend, "--epochs", "2", "--count", "3");
    Map<String, String> result = result(outcome);
    assertTrue(number(result, "nll") < number(result, "bigram_nll"), result.toString());
    assertEquals(
        outcome.out().lines().filter(line -> line.matches("[A-Z][a-z'-]+")).toList(),
        Outcome.of("names", "--backend", backend, "--epochs", "2", "--count", "3")
            .out()
            .lines()
            .filter(line -> line.matches("[A-Z][a-z'-]+"))
            .toList());
  }

  @ParameterizedTest
  @MethodSource("dev.volute.examples.FastBackends#names")
  void sunspotsAreBetterThanPersistence(String backend) {
    Map<String, String> result = result(Outcome.of("sunspots", "--backend", backend));
    assertTrue(
        number(result, "rmse") < 0.8 * number(result, "persistence_rmse"), result.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"rnn", "LSTM", "gru"})
  void anyTextCanBeLearnt(String cell) throws IOException {
    Path text = folder.resolve("text.txt");
    Files.writeString(text, "to be or not to be, that is the question\n".repeat(60));
    Outcome outcome =
        Outcome.of(
            "names",
            "--text",
            text.toString(),
            "--cell",
            cell,
            "--units",
            "16",
            "--time",
            "20",
            "--epochs",
            "1",
            "--count",
            "1",
            "--length",
            "30");
    assertTrue(number(result(outcome), "nll") > 0);
  }

  @Test
  void aFolderOfImagesTakesThePlaceOfTheOwn() throws IOException {
    IdxFiles.write(folder, "train", 40, 28);
    IdxFiles.write(folder, "t10k", 20, 28);
    Map<String, String> result =
        result(Outcome.of("cnn", "--data", folder.toString(), "--epochs", "1", "--batch", "16"));
    assertTrue(number(result, "test_accuracy") >= 0);
  }

  private static void failsWith(int status, Outcome outcome, String... parts) {
    assertEquals(status, outcome.status(), outcome.out() + outcome.err());
    List<String> lines = outcome.err().lines().filter(line -> line.startsWith("error: ")).toList();
    assertEquals(1, lines.size(), outcome.err());
    assertFalse(outcome.err().contains("\tat "), outcome.err());
    assertFalse(outcome.err().contains("defect"), outcome.err());
    for (String part : parts) {
      assertTrue(outcome.err().contains(part), outcome.err());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cnn", "names", "sunspots"})
  void numbersThatMakeNoSense(String program) {
    failsWith(1, Outcome.of(program, "--batch", "0"), "batch", "0");
    failsWith(1, Outcome.of(program, "--batch", "-5"), "batch", "-5");
    failsWith(1, Outcome.of(program, "--epochs", "0"), "epoch", "0");
    failsWith(1, Outcome.of(program, "--threads", "0"), "thread", "0");
    failsWith(2, Outcome.of(program, "--epochs", "many"), "--epochs", "many");
    failsWith(2, Outcome.of(program, "--no-such-option"), "--no-such-option");
  }

  @Test
  void aBackendThatIsNotThere() {
    failsWith(
        1,
        Outcome.of("cnn", "--backend", "nope"),
        "nope",
        FastBackends.names().findFirst().orElseThrow());
  }

  @Test
  void dataThatAreMissingOrDamaged() throws IOException {
    failsWith(1, Outcome.of("cnn", "--data", folder.toString()), "train-", "no such file");
    IdxFiles.write(folder, "train", 40, 28);
    IdxFiles.write(folder, "t10k", 20, 28);
    Path labels = folder.resolve("t10k-labels-idx1-ubyte");
    byte[] whole = Files.readAllBytes(labels);
    Files.write(labels, java.util.Arrays.copyOf(whole, whole.length - 3));
    failsWith(1, Outcome.of("cnn", "--data", folder.toString()), "t10k-labels");
    byte[] damaged = whole.clone();
    damaged[3] = 7;
    Files.write(labels, damaged);
    failsWith(
        1, Outcome.of("cnn", "--data", folder.toString()), "t10k-labels", "magic", "0x00000807");
    damaged = whole.clone();
    damaged[whole.length - 1] = 10;
    Files.write(labels, damaged);
    failsWith(1, Outcome.of("cnn", "--data", folder.toString()), "t10k-labels", "10");
  }

  @Test
  void textThatIsMissingOrTooShort() throws IOException {
    Path text = folder.resolve("text.txt");
    failsWith(1, Outcome.of("names", "--text", text.toString()), "text.txt", "no such file");
    Files.writeString(text, "short");
    failsWith(1, Outcome.of("names", "--text", text.toString()), "text.txt", "5 characters");
    Files.write(text, new byte[] {'a', (byte) 0xff});
    failsWith(1, Outcome.of("names", "--text", text.toString()), "text.txt", "offset 1");
  }

  @Test
  void optionsOfTheNamesThatMakeNoSense() {
    failsWith(1, Outcome.of("names", "--temperature", "0"), "--temperature");
    failsWith(1, Outcome.of("names", "--units", "0"), "--units");
    failsWith(2, Outcome.of("names", "--cell", "cnn"), "--cell", "GRU");
    failsWith(1, Outcome.of("sunspots", "--window", "500"), "500", "1060");
  }

  @ParameterizedTest
  @MethodSource("dev.volute.examples.FastBackends#names")
  void aNetworkLargerThanAnyTensor(String backend) {
    failsWith(1, Outcome.of("names", "--backend", backend, "--units", "400000"), "gru1", "400000");
  }

  @Test
  void aPlaceWhereNothingCanBeSaved() throws IOException {
    Path nowhere = folder.resolve("none/model.safetensors");
    failsWith(1, Outcome.of("cnn", "--save", nowhere.toString()), "--save", "none");
    failsWith(1, Outcome.of("cnn", "--save", folder.toString()), "--save", "is a folder");
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(0, files.count());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"backends", "cnn", "names", "size", "sunspots"})
  void everyProgramExplainsItself(String program) {
    Outcome outcome = Outcome.of(program, "--help");
    assertEquals(0, outcome.status());
    assertTrue(outcome.out().startsWith("Usage: examples/run " + program), outcome.out());
  }

  @Test
  void backendsAreListedWithTheirState() {
    Outcome outcome = Outcome.of("backends");
    assertEquals(0, outcome.status());
    FastBackends.names()
        .forEach(
            name ->
                assertTrue(
                    outcome.out().lines().anyMatch(line -> line.matches(name + " +usable .*")),
                    outcome.out()));
  }
}
