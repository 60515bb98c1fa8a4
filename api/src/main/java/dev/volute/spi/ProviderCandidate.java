package dev.volute.spi;

import java.util.Optional;

/**
 * A provider as discovery met it.
 *
 * @param provider present if it keeps the rules of discovery; only then is it ever probed or opened
 * @param defect why {@code provider} is absent; empty if it is present
 */
record ProviderCandidate(
    String name,
    String providerClass,
    int priority,
    Optional<BackendProvider> provider,
    String defect) {

  static ProviderCandidate sound(String name, int priority, BackendProvider provider) {
    return new ProviderCandidate(
        name, provider.getClass().getName(), priority, Optional.of(provider), "");
  }

  static ProviderCandidate broken(String providerClass, String defect) {
    return broken(FoundBackend.UNKNOWN_NAME, providerClass, 0, defect);
  }

  static ProviderCandidate broken(String name, String providerClass, int priority, String defect) {
    return new ProviderCandidate(name, providerClass, priority, Optional.empty(), defect);
  }

  /** The same provider, passed over because another one goes by its name. */
  ProviderCandidate displacedBy(ProviderCandidate other) {
    return broken(
        name,
        providerClass,
        priority,
        "the name is taken by %s (priority %d); of two, the higher priority counts, then the first"
            .formatted(other.providerClass, other.priority));
  }

  /** Asks the provider, which may load native code, and survives whatever it does. */
  FoundBackend probe() {
    Availability availability = provider.map(this::probe).orElse(Availability.unusable(defect));
    return new FoundBackend(
        name, providerClass, priority, availability.usable(), availability.detail());
  }

  private Availability probe(BackendProvider sound) {
    try {
      Availability answer = sound.probe();
      return Optional.ofNullable(answer)
          .orElseGet(() -> Availability.unusable("probe() gave no answer"));
    } catch (VirtualMachineError fatal) {
      throw fatal;
    } catch (Throwable thrown) {
      return Availability.unusable("probe() threw " + Failure.describe(thrown));
    }
  }
}
