package dev.volute.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link Backends#found} finds, and that nothing stops it. */
class BackendDiscoveryTest {
  @TempDir Path folder;

  private List<FoundBackend> found(Class<?>... providers) throws IOException {
    try (URLClassLoader loader = new PluginFolder(folder).register(providers).loader()) {
      return Backends.found(loader);
    }
  }

  private static List<String> names(List<FoundBackend> found) {
    return found.stream().map(FoundBackend::name).toList();
  }

  @Test
  void soundProvidersStandByFallingPriority() throws IOException {
    List<FoundBackend> found =
        found(FakeProviders.Plain.class, FakeProviders.NoDevice.class, FakeProviders.Fast.class);

    assertEquals(List.of("device", "fast", "plain"), names(found));
    assertEquals(
        new FoundBackend("fast", FakeProviders.Fast.class.getName(), 100, true, "runs on fast"),
        found.get(1));
    assertFalse(found.get(0).usable());
    assertEquals("no device in slot 3", found.get(0).detail());
  }

  @Test
  void everyBrokenProviderIsListedWithItsReasonAndTheOthersStillWork() throws IOException {
    List<FoundBackend> found =
        found(
            FakeProviders.ConstructorThrows.class,
            FakeProviders.StaticInitialiserThrows.class,
            FakeProviders.OtherVersion.class,
            FakeProviders.BadName.class,
            FakeProviders.NameThrows.class,
            FakeProviders.ProbeThrows.class,
            FakeProviders.NotAProvider.class,
            FakeProviders.Plain.class);

    assertEquals(8, found.size(), found::toString);
    Map<String, FoundBackend> byClass =
        found.stream()
            .filter(each -> each.provider().startsWith(FakeProviders.class.getName()))
            .collect(Collectors.toMap(FoundBackend::provider, Function.identity()));
    assertReason(byClass, FakeProviders.ConstructorThrows.class, "?", "never lived");
    assertReason(byClass, FakeProviders.StaticInitialiserThrows.class, "?", "not a number");
    assertReason(byClass, FakeProviders.OtherVersion.class, "future", "version 99");
    assertReason(byClass, FakeProviders.BadName.class, "?", "\"Not A Name\"");
    assertReason(byClass, FakeProviders.NameThrows.class, "?", "NoSuchMethodError: gone");
    assertReason(byClass, FakeProviders.ProbeThrows.class, "nervous", "no libnervous.so");
    assertTrue(byClass.get(FakeProviders.Plain.class.getName()).usable());
    assertTrue(
        found.stream().anyMatch(each -> !each.usable() && each.detail().contains("not a subtype")),
        found::toString);
  }

  private static void assertReason(
      Map<String, FoundBackend> byClass, Class<?> provider, String name, String reason) {
    FoundBackend found = byClass.get(provider.getName());
    assertEquals(name, found.name());
    assertFalse(found.usable(), found::toString);
    assertTrue(found.detail().contains(reason), found::toString);
  }

  @Test
  void aMissingClassAndAnUnreadableServiceFileAreListed() throws IOException {
    Path second = Files.createDirectory(folder.resolve("second"));
    new PluginFolder(second).register("this is no class name");
    new PluginFolder(folder).register("org.example.Deleted", FakeProviders.Plain.class.getName());
    try (URLClassLoader parent = new PluginFolder(second).loader();
        URLClassLoader loader = new PluginFolder(folder).loader(parent)) {
      List<FoundBackend> found = Backends.found(loader);

      assertEquals(List.of("plain", "?", "?"), names(found), found::toString);
      String reasons = found.get(1).detail() + found.get(2).detail();
      assertTrue(reasons.contains("org.example.Deleted not found"), reasons);
      assertTrue(reasons.contains("Illegal configuration-file syntax"), reasons);
    }
  }

  @Test
  void aProviderWhoseSuperclassIsGoneIsListed() throws IOException {
    Path source = folder.resolve("Orphan.java");
    Files.writeString(
        source,
        "class Gone {} public class Orphan extends Gone implements "
            + BackendProvider.class.getName()
            + " { public String name() { return \"orphan\"; } public int spiVersion() { return 1; }"
            + " public int priority() { return 1; }"
            + " public dev.volute.spi.Availability probe() { return null; }"
            + " public dev.volute.spi.Backend open(dev.volute.spi.BackendOptions o) { return null; }"
            + "}");
    int compiled =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                System.out,
                System.err,
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                folder.toString(),
                source.toString());
    assertEquals(0, compiled);
    Files.delete(folder.resolve("Gone.class"));
    new PluginFolder(folder).register("Orphan", FakeProviders.Plain.class.getName());
    try (URLClassLoader loader = new PluginFolder(folder).loader()) {
      List<FoundBackend> found = Backends.found(loader);

      assertEquals(List.of("plain", "?"), names(found));
      assertTrue(found.get(1).detail().contains("NoClassDefFoundError: Gone"), found::toString);
    }
  }

  @Test
  void ofTwoProvidersWithOneNameTheHigherPriorityCounts() throws IOException {
    List<FoundBackend> found = found(FakeProviders.Plain.class, FakeProviders.OtherPlain.class);

    assertEquals(List.of("plain", "plain"), names(found));
    assertEquals(FakeProviders.OtherPlain.class.getName(), found.get(0).provider());
    assertTrue(found.get(0).usable());
    assertFalse(found.get(1).usable());
    assertTrue(found.get(1).detail().contains("the name is taken by"), found::toString);
  }

  @Test
  void ofTwoProvidersWithOneNameAndPriorityTheFirstClassNameCounts() throws IOException {
    List<FoundBackend> oneWay = found(FakeProviders.PlainTwin.class, FakeProviders.Plain.class);
    List<FoundBackend> theOther = found(FakeProviders.Plain.class, FakeProviders.PlainTwin.class);

    assertEquals(oneWay, theOther);
    assertEquals(FakeProviders.Plain.class.getName(), oneWay.get(0).provider());
    assertTrue(oneWay.get(0).usable());
  }

  @Test
  void aProviderThatParentAndChildLoaderSeeIsListedOnce() throws IOException {
    Path second = Files.createDirectory(folder.resolve("second"));
    new PluginFolder(second).register(FakeProviders.Plain.class, FakeProviders.Fast.class);
    new PluginFolder(folder).register(FakeProviders.Plain.class);
    try (URLClassLoader parent = new PluginFolder(second).loader();
        URLClassLoader child = new PluginFolder(folder).loader(parent)) {
      List<ProviderCandidate> found = ProviderDiscovery.search(List.of(child, parent, child));

      assertEquals(List.of("fast", "plain"), found.stream().map(ProviderCandidate::name).toList());
    }
  }

  @Test
  void theContextClassLoaderIsSearched() throws IOException {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader loader =
        new PluginFolder(folder).register(FakeProviders.Plain.class).loader()) {
      assertFalse(names(Backends.found()).contains("plain"));
      Thread.currentThread().setContextClassLoader(loader);
      assertTrue(names(Backends.found()).contains("plain"));
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  @Test
  void aLoaderThatCannotListItsResourcesEndsTheSearchInIt() {
    ClassLoader failing =
        new ClassLoader(Optional.ofNullable(getClass().getClassLoader()).orElseThrow()) {
          @Override
          public Enumeration<URL> getResources(String name) throws IOException {
            throw new IOException("disk on fire");
          }
        };
    ClassLoader empty =
        new ClassLoader(Optional.ofNullable(getClass().getClassLoader()).orElseThrow()) {
          @Override
          public Enumeration<URL> getResources(String name) {
            return Collections.emptyEnumeration();
          }
        };

    List<FoundBackend> found = Backends.found(failing);
    assertEquals(1, found.size());
    assertTrue(found.get(0).detail().contains("disk on fire"), found::toString);
    assertEquals(List.of(), Backends.found(empty));
  }
}
