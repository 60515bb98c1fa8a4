package dev.volute.backend.natives;

import dev.volute.spi.BackendException;
import java.util.Locale;

/** The instruction sets that kernels are compiled for, each including the ones before it. */
enum InstructionSet {
  BASELINE("baseline"),
  AVX2("AVX2"),
  AVX512("AVX-512");

  private final String label;

  InstructionSet(String label) {
    this.label = label;
  }

  /**
   * @throws BackendException if there is none of this name, or the processor lacks it
   */
  static InstructionSet asked(String name, InstructionSet best) {
    for (InstructionSet set : values()) {
      if (set.name().toLowerCase(Locale.ROOT).equals(name)) {
        if (set.compareTo(best) > 0) {
          throw new BackendException(
              NativeBackendProvider.LEVEL_PROPERTY
                  + " asks for "
                  + set
                  + "; this processor's best is "
                  + best);
        }
        return set;
      }
    }
    throw new BackendException(
        NativeBackendProvider.LEVEL_PROPERTY
            + " is \""
            + name
            + "\"; known are baseline, avx2 and avx512");
  }

  @Override
  public String toString() {
    return label;
  }
}
