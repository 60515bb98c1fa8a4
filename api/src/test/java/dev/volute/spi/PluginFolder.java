package dev.volute.spi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A folder that registers providers, as the jar of a plug-in would. */
record PluginFolder(Path folder) {
  static final String SERVICE_FILE = "META-INF/services/" + BackendProvider.class.getName();

  PluginFolder register(String... lines) {
    try {
      Path file = folder.resolve(SERVICE_FILE);
      Files.createDirectories(file.getParent());
      Files.write(file, List.of(lines));
      return this;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  PluginFolder register(Class<?>... providers) {
    String[] lines = new String[providers.length];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = providers[i].getName();
    }
    return register(lines);
  }

  URLClassLoader loader() {
    return loader(PluginFolder.class.getClassLoader());
  }

  URLClassLoader loader(ClassLoader parent) {
    try {
      return new URLClassLoader(new URL[] {folder.toUri().toURL()}, parent);
    } catch (MalformedURLException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
