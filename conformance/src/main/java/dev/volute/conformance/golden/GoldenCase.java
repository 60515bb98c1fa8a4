package dev.volute.conformance.golden;

import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A computation as PyTorch did it.
 *
 * @param inputs what it was given
 * @param outputs what came out
 * @param to gradients to the outputs; empty if none were taken
 * @param gradients what these give for the floating inputs, in their order
 */
record GoldenCase(
    List<Tensor> inputs, List<Tensor> outputs, List<Tensor> to, List<Tensor> gradients) {
  private static final String FILE = "golden.txt";

  /** All cases of the file, by name. */
  static Map<String, GoldenCase> all() {
    Map<String, GoldenCase> cases = new LinkedHashMap<>();
    try (InputStream file = GoldenCase.class.getResourceAsStream(FILE)) {
      if (file == null) {
        throw new IllegalStateException(FILE + " is missing");
      }
      GoldenCase current = new GoldenCase(List.of(), List.of(), List.of(), List.of());
      for (String line :
          new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))
              .lines()
              .toList()) {
        if (line.startsWith("case ")) {
          current =
              new GoldenCase(
                  new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
          cases.put(line.substring("case ".length()), current);
        } else if (!line.startsWith("#")) {
          current.add(line);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return cases;
  }

  /** A line of the file: what it is, element type, shape, elements. */
  private void add(String line) {
    String[] words = line.split(" ");
    int[] lengths =
        Arrays.stream(words[2].substring(1, words[2].length() - 1).split(","))
            .filter(length -> !length.isEmpty())
            .mapToInt(Integer::parseInt)
            .toArray();
    double[] values = Arrays.stream(words).skip(3).mapToDouble(Double::parseDouble).toArray();
    Tensor tensor = Tensor.of(Shape.of(lengths), values).cast(DType.valueOf(words[1]));
    switch (words[0]) {
      case "in" -> inputs.add(tensor);
      case "out" -> outputs.add(tensor);
      case "to" -> to.add(tensor);
      case "grad" -> gradients.add(tensor);
      default -> throw new IllegalStateException(FILE + ": what is " + words[0] + "?");
    }
  }
}
