package dev.volute.examples;

import dev.volute.VoluteException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Jars that belong together.
 *
 * @param jars in order of their names
 */
record JarGroup(String name, List<Path> jars) {
  private static final double MEGA = 1e6;

  private static final List<String> JAVA = List.of("volute-api-", "volute-backend-java-");
  private static final List<String> NATIVE =
      List.of("volute-api-", "volute-backend-native-", "volute-native-", "javacpp-");
  private static final String OPENBLAS = "openblas-";

  JarGroup {
    jars = List.copyOf(jars);
  }

  /**
   * Volute's jars, and those of others that its backends need, among the entries of a class path.
   *
   * @throws VoluteException if Volute is not there as jars
   */
  static List<JarGroup> on(String classPath) {
    JarGroup java = among(classPath, "backend java", JAVA);
    JarGroup natives = among(classPath, "backend native, on a processor with AVX2", NATIVE);
    List<String> all = Stream.concat(NATIVE.stream(), Stream.of(OPENBLAS)).toList();
    JarGroup whole = among(classPath, "backend native with OpenBLAS", all);
    if (java.jars.size() < JAVA.size()) {
      throw new VoluteException("Volute is not on the class path as jars: start examples/run size");
    }
    return natives.jars.size() < NATIVE.size() ? List.of(java) : List.of(java, natives, whole);
  }

  private static JarGroup among(String classPath, String name, List<String> prefixes) {
    return new JarGroup(
        name,
        Arrays.stream(classPath.split(File.pathSeparator))
            .map(Path::of)
            .filter(entry -> isOneOf(entry.getFileName().toString(), prefixes))
            .sorted()
            .toList());
  }

  private static boolean isOneOf(String file, List<String> prefixes) {
    return file.endsWith(".jar") && prefixes.stream().anyMatch(file::startsWith);
  }

  /** In MB of 10^6 bytes. */
  double size() {
    return jars.stream().mapToDouble(JarGroup::size).sum();
  }

  private static double size(Path jar) {
    try {
      return Files.size(jar) / MEGA;
    } catch (IOException e) {
      throw new VoluteException(jar + " cannot be read: " + e, e);
    }
  }

  /** A line for each jar, for example {@code 0.43 volute-api-1.0.jar}. */
  List<String> parts() {
    return jars.stream()
        .map(jar -> String.format(Locale.ROOT, "%.2f  %s", size(jar), jar.getFileName()))
        .toList();
  }
}
