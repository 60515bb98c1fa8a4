package dev.volute.conformance.broken;

import dev.volute.conformance.reference.ReferenceBackend;
import dev.volute.graph.MatMul;
import dev.volute.spi.Availability;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.BackendProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Provides a backend whose products are twice too large. Not registered; see {@link #register}. */
public final class BrokenProvider implements BackendProvider {
  public static final String NAME = "broken";

  /** For {@link java.util.ServiceLoader}. */
  public BrokenProvider() {}

  /** Makes a folder into a plug-in that holds this provider. */
  public static void register(Path folder) throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(BackendProvider.class.getName()), BrokenProvider.class.getName());
  }

  @Override
  public String name() {
    return NAME;
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
    return Availability.usable("multiplies wrongly");
  }

  @Override
  public Backend open(BackendOptions options) {
    Spoiler wrong = Spoiler.swap(MatMul.class, op -> new MatMul(op.alpha() * 2, op.beta()));
    return new BrokenBackend(new ReferenceBackend(), wrong) {
      @Override
      public String name() {
        return NAME;
      }
    };
  }
}
