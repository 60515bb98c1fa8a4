package dev.volute.examples;

import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.Backends;
import dev.volute.spi.FoundBackend;
import java.util.List;
import java.util.stream.Stream;

/** The backends beside the programs that can run here. */
final class FastBackends {
  private FastBackends() {}

  static Stream<String> names() {
    List<String> names =
        Backends.found().stream().filter(FoundBackend::usable).map(FoundBackend::name).toList();
    if (names.isEmpty()) {
      throw new AssertionError("No backend is usable: " + Backends.found());
    }
    return names.stream();
  }

  static Backend open(String name) {
    return Backends.open(name, BackendOptions.threads(2));
  }
}
