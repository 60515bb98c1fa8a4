package dev.volute.backend.java;

import dev.volute.backend.java.lanes.VectorLanes;
import dev.volute.backend.java.plain.PlainLoops;
import dev.volute.backend.java.simd.Simd;
import dev.volute.spi.BackendException;
import java.util.Locale;
import java.util.Optional;

/** Chooses between the Vector API and plain loops. */
final class SimdChoice {
  private static final String MODULE = "jdk.incubator.vector";
  private static final String FLAG = "--add-modules " + MODULE;

  private SimdChoice() {}

  /**
   * @throws BackendException if the property asks for what this JVM does not have
   */
  static Simd chosen() {
    boolean present = ModuleLayer.boot().findModule(MODULE).isPresent();
    Optional<String> asked =
        Optional.ofNullable(System.getProperty(JavaBackendProvider.VECTOR_PROPERTY))
            .map(value -> value.strip().toLowerCase(Locale.ROOT))
            .filter(value -> !value.isEmpty());
    return switch (asked.orElse(present ? "true" : "false")) {
      case "true" -> {
        if (!present) {
          throw new BackendException(
              "the system property %s asks for the Vector API, which this JVM started without: add %s"
                  .formatted(JavaBackendProvider.VECTOR_PROPERTY, FLAG));
        }
        yield VectorLanes.simd();
      }
      case "false" -> PlainLoops.simd();
      default ->
          throw new BackendException(
              "the system property %s is \"%s\"; it may be true or false"
                  .formatted(JavaBackendProvider.VECTOR_PROPERTY, asked.orElseThrow()));
    };
  }

  /** What runs, and how to make it faster if that is possible. */
  static String description(Simd simd) {
    return ModuleLayer.boot().findModule(MODULE).isPresent()
        ? simd.description()
        : simd.description() + "; several times faster with " + FLAG;
  }
}
