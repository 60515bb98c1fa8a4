package org.example.ejml;

import dev.volute.conformance.BackendConformance;
import dev.volute.spi.Backend;

/** All that the contract asks. */
class EjmlBackendTest extends BackendConformance {
  @Override
  protected Backend open() {
    return new EjmlBackend();
  }
}
