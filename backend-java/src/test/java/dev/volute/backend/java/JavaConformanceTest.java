package dev.volute.backend.java;

import dev.volute.conformance.BackendConformance;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;

/** The Java backend keeps the contract. */
class JavaConformanceTest extends BackendConformance {
  @Override
  protected Backend open() {
    return open(BackendOptions.defaults());
  }

  @Override
  protected Backend open(BackendOptions options) {
    return new JavaBackendProvider().open(options);
  }
}
