package dev.volute.backend.natives;

import dev.volute.conformance.BackendConformance;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;

/** The native backend keeps the contract. */
class NativeConformanceTest extends BackendConformance {
  @Override
  protected Backend open() {
    return open(BackendOptions.defaults());
  }

  @Override
  protected Backend open(BackendOptions options) {
    return new NativeBackendProvider().open(options);
  }
}
