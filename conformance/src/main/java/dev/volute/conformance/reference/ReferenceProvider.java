package dev.volute.conformance.reference;

import dev.volute.spi.Availability;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.BackendProvider;

/** Offers the {@link ReferenceBackend}, which is chosen only where it is named. */
public final class ReferenceProvider implements BackendProvider {
  public ReferenceProvider() {}

  @Override
  public String name() {
    return ReferenceBackend.NAME;
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
    return Availability.usable("plain loops in double precision, one thread");
  }

  @Override
  public Backend open(BackendOptions options) {
    return new ReferenceBackend();
  }
}
