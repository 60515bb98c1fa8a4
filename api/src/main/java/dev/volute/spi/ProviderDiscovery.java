package dev.volute.spi;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Finds providers through class loaders. A provider that breaks is kept with its reason, and the
 * search goes on.
 */
final class ProviderDiscovery {
  private static final Pattern NAME = Pattern.compile("[a-z0-9-]+");

  /**
   * A loader that cannot list its resources fails anew at each step; this many failures end the
   * search in it.
   */
  private static final int MAXIMUM_FAILURES = 64;

  private static final Comparator<ProviderCandidate> BEST_FIRST =
      Comparator.comparing((ProviderCandidate c) -> c.provider().isEmpty())
          .thenComparing(ProviderCandidate::priority, Comparator.reverseOrder())
          .thenComparing(ProviderCandidate::name)
          .thenComparing(ProviderCandidate::providerClass)
          .thenComparing(ProviderCandidate::defect);

  private final Set<Class<?>> seen = new HashSet<>();
  private final List<ProviderCandidate> candidates = new ArrayList<>();

  private ProviderDiscovery() {}

  /**
   * All providers, sound ones first and by falling priority, then by name and class. Of sound
   * providers that share a name only the first in this order (then in the order of the loaders)
   * stays sound.
   */
  static List<ProviderCandidate> search(List<ClassLoader> loaders) {
    ProviderDiscovery discovery = new ProviderDiscovery();
    loaders.stream().distinct().forEach(discovery::searchIn);
    List<ProviderCandidate> sorted = discovery.candidates;
    sorted.sort(BEST_FIRST);
    Map<String, ProviderCandidate> byName = new HashMap<>();
    sorted.replaceAll(
        candidate -> {
          if (candidate.provider().isEmpty()) {
            return candidate;
          }
          ProviderCandidate first = byName.putIfAbsent(candidate.name(), candidate);
          return first == null ? candidate : candidate.displacedBy(first);
        });
    sorted.sort(BEST_FIRST);
    return sorted;
  }

  private void searchIn(ClassLoader loader) {
    Iterator<ServiceLoader.Provider<BackendProvider>> entries =
        ServiceLoader.load(BackendProvider.class, loader).stream().iterator();
    int failures = 0;
    while (failures < MAXIMUM_FAILURES) {
      try {
        if (!entries.hasNext()) {
          return;
        }
        ServiceLoader.Provider<BackendProvider> entry = entries.next();
        // A parent's providers come up again in each of its children.
        if (seen.add(entry.type())) {
          candidates.add(examine(entry));
        }
      } catch (VirtualMachineError fatal) {
        throw fatal;
      } catch (Throwable thrown) {
        failures++;
        ProviderCandidate broken =
            ProviderCandidate.broken("a provider that did not load", Failure.describe(thrown));
        if (!candidates.contains(broken)) {
          candidates.add(broken);
        }
      }
    }
  }

  private static ProviderCandidate examine(ServiceLoader.Provider<BackendProvider> entry) {
    String providerClass = entry.type().getName();
    BackendProvider provider;
    String name;
    try {
      provider = entry.get();
      name = String.valueOf(provider.name());
    } catch (VirtualMachineError fatal) {
      throw fatal;
    } catch (Throwable thrown) {
      return ProviderCandidate.broken(providerClass, Failure.describe(thrown));
    }
    try {
      int version = provider.spiVersion();
      if (version != BackendProvider.SPI_VERSION) {
        return ProviderCandidate.broken(
            name,
            providerClass,
            0,
            "made for version %d of the backend contract; this is version %d"
                .formatted(version, BackendProvider.SPI_VERSION));
      }
      if (!NAME.matcher(name).matches()) {
        return ProviderCandidate.broken(
            providerClass,
            "its name \"%s\" is not made of lower-case letters, digits and hyphens"
                .formatted(name));
      }
      return ProviderCandidate.sound(name, provider.priority(), provider);
    } catch (VirtualMachineError fatal) {
      throw fatal;
    } catch (Throwable thrown) {
      return ProviderCandidate.broken(name, providerClass, 0, Failure.describe(thrown));
    }
  }

  /** The loaders to search when nobody named one. */
  static List<ClassLoader> defaultLoaders() {
    // Null stands for the boot loader, and for a thread without a loader.
    ClassLoader own = Backends.class.getClassLoader();
    own = own == null ? ClassLoader.getSystemClassLoader() : own;
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    return List.of(context == null ? own : context, own);
  }
}
