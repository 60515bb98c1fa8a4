package dev.volute.backend.natives;

import dev.volute.natives.Kernels;
import dev.volute.natives.OpenBlas;
import dev.volute.spi.Availability;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendException;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.BackendProvider;
import java.util.Locale;
import java.util.Optional;

/**
 * Provides the backend {@code native}.
 *
 * <p>The instruction set is the processor's best; the system property {@value #LEVEL_PROPERTY} or
 * the environment variable {@value #LEVEL_VARIABLE} ({@code baseline}, {@code avx2} or {@code
 * avx512}) asks for a lower one. OpenBLAS multiplies large matrices on processors without AVX2;
 * elsewhere the backend's own kernels are faster, and it is not even loaded. The system property
 * {@value #OPENBLAS_PROPERTY} decides otherwise.
 */
public final class NativeBackendProvider implements BackendProvider {
  /** The system property that asks for an instruction set. */
  public static final String LEVEL_PROPERTY = "volute.native.level";

  /** The environment variable that asks for an instruction set. */
  public static final String LEVEL_VARIABLE = "VOLUTE_NATIVE_LEVEL";

  /** The system property that asks for OpenBLAS ({@code true}) or against it ({@code false}). */
  public static final String OPENBLAS_PROPERTY = "volute.native.openblas";

  /** For {@link java.util.ServiceLoader}. */
  public NativeBackendProvider() {}

  @Override
  public String name() {
    return "native";
  }

  @Override
  public int spiVersion() {
    return 1;
  }

  @Override
  public int priority() {
    return 100;
  }

  @Override
  public Availability probe() {
    try {
      Kernels.load();
      return Availability.usable(level() + (openBlas().isPresent() ? ", OpenBLAS" : ""));
    } catch (LinkageError | RuntimeException thrown) {
      return Availability.unusable(reason(thrown));
    }
  }

  private static String reason(Throwable thrown) {
    if (thrown instanceof BackendException) {
      return thrown.getMessage();
    }
    String platform;
    try {
      platform = Kernels.platform();
    } catch (LinkageError | RuntimeException absent) {
      return "JavaCPP cannot be used: " + absent;
    }
    return "no native library for "
        + platform
        + " ("
        + thrown.getMessage()
        + "); put volute-native-VERSION-"
        + platform
        + ".jar and javacpp's and openblas's jars for "
        + platform
        + " on the class path, or on the module path with --add-modules ALL-MODULE-PATH";
  }

  @Override
  public Backend open(BackendOptions options) {
    Availability availability = probe();
    if (!availability.usable()) {
      throw new BackendException("Backend native is unusable: " + availability.detail());
    }
    return new NativeBackend(
        Context.open(options.threads(), level(), openBlas()), options.minimalFiltering());
  }

  private static InstructionSet level() {
    InstructionSet best = InstructionSet.values()[Kernels.bestLevel()];
    return Optional.ofNullable(System.getProperty(LEVEL_PROPERTY))
        .or(() -> Optional.ofNullable(System.getenv(LEVEL_VARIABLE)))
        .map(asked -> InstructionSet.asked(asked.strip().toLowerCase(Locale.ROOT), best))
        .orElse(best);
  }

  private static Optional<OpenBlas> openBlas() {
    boolean wanted =
        Optional.ofNullable(System.getProperty(OPENBLAS_PROPERTY))
            .map(Boolean::parseBoolean)
            .orElseGet(() -> Kernels.bestLevel() == InstructionSet.BASELINE.ordinal());
    return wanted ? OpenBlas.find() : Optional.empty();
  }
}
