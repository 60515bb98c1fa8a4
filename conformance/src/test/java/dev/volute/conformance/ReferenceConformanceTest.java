package dev.volute.conformance;

import dev.volute.conformance.reference.ReferenceBackend;
import dev.volute.spi.Backend;

/** The reference keeps the contract that it is the oracle of. */
class ReferenceConformanceTest extends BackendConformance {
  @Override
  protected Backend open() {
    return new ReferenceBackend();
  }
}
