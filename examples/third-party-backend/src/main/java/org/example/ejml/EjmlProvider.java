package org.example.ejml;

import dev.volute.spi.Availability;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.BackendProvider;

/** Offers the backend {@code ejml}, which is chosen only where it is named. */
public final class EjmlProvider implements BackendProvider {
  @Override
  public String name() {
    return "ejml";
  }

  @Override
  public int spiVersion() {
    return 1;
  }

  @Override
  public int priority() {
    return 0;
  }

  @Override
  public Availability probe() {
    return Availability.usable("EJML's matrix product, one thread");
  }

  @Override
  public Backend open(BackendOptions options) {
    return new EjmlBackend();
  }
}
