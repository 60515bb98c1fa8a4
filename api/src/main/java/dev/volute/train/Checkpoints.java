package dev.volute.train;

import dev.volute.VoluteException;
import dev.volute.nn.Model;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** See {@link Listeners#checkpoints}. */
final class Checkpoints implements Listener {
  private final Path folder;

  Checkpoints(Path folder) {
    this.folder = folder;
  }

  @Override
  public void started(Progress progress) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new VoluteException("Checkpoints cannot be written to " + folder + ": " + e, e);
    }
  }

  @Override
  public void epochFinished(EpochResult result, Model model, Progress progress) {
    String name = String.format(Locale.ROOT, "epoch-%03d.safetensors", result.epoch());
    model.save(folder.resolve(name));
  }
}
