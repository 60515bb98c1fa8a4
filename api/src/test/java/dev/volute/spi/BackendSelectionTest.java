package dev.volute.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.spi.FakeProviders.FakeBackend;
import java.io.File;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which backend is opened, and what is said about it. */
class BackendSelectionTest {
  private static final BackendOptions THREE = BackendOptions.threads(3);

  @TempDir Path folder;

  /** The lines that were logged. */
  private final List<String> lines = new ArrayList<>();

  private BackendSelection selection(
      Map<String, String> properties, Map<String, String> variables, Class<?>... providers)
      throws IOException {
    try (URLClassLoader loader = new PluginFolder(folder).register(providers).loader()) {
      return new BackendSelection(
          ProviderDiscovery.search(List.of(loader)),
          key -> Optional.ofNullable(properties.get(key)),
          key -> Optional.ofNullable(variables.get(key)),
          lines::add);
    }
  }

  private BackendSelection selection(Class<?>... providers) throws IOException {
    return selection(Map.of(), Map.of(), providers);
  }

  @Test
  void theHighestUsablePriorityIsTakenWhenNobodyChose() throws IOException {
    BackendSelection selection =
        selection(
            FakeProviders.Plain.class,
            FakeProviders.BadName.class,
            FakeProviders.NoDevice.class,
            FakeProviders.OpenThrows.class,
            FakeProviders.Fast.class);

    assertEquals(new FakeBackend("fast", 3), selection.best(THREE));
    assertEquals(
        List.of(
            "Backend fast (runs on fast); passed over boastful: open() threw"
                + " java.lang.IllegalStateException: promised too much; passed over device: no"
                + " device in slot 3; passed over plain: lower in priority; passed over "
                + FakeProviders.BadName.class.getName()
                + ": its name \"Not A Name\" is not made of lower-case letters, digits and"
                + " hyphens; choose another with -Dvolute.backend=plain"),
        lines);
  }

  @Test
  void thePropertyComesBeforeTheEnvironmentAndThatBeforeThePriority() throws IOException {
    Map<String, String> plain = Map.of(Backends.VARIABLE, "plain");
    Map<String, String> fast = Map.of(Backends.PROPERTY, "fast");
    Class<?>[] providers = {
      FakeProviders.Plain.class, FakeProviders.Fast.class, FakeProviders.OpenThrows.class
    };

    assertEquals("plain", selection(Map.of(), plain, providers).best(THREE).name());
    assertEquals("fast", selection(fast, plain, providers).best(THREE).name());
    assertEquals("plain", selection(fast, Map.of(), providers).open("plain", THREE).name());
    assertEquals(
        List.of(
            "Backend plain, named by the environment variable VOLUTE_BACKEND",
            "Backend fast, named by the system property volute.backend"),
        lines);
  }

  @Test
  void blankNamesCountAsNone() throws IOException {
    Map<String, String> blank =
        Map.of(Backends.PROPERTY, " ", Backends.VARIABLE, "", "other", "ignored");

    assertEquals("plain", selection(blank, blank, FakeProviders.Plain.class).best(THREE).name());
  }

  @Test
  void anAbsentNameIsAnErrorThatListsEveryProviderAndHowToAddOne() throws IOException {
    BackendSelection selection =
        selection(
            FakeProviders.Plain.class, FakeProviders.NoDevice.class, FakeProviders.BadName.class);

    BackendException refused =
        assertThrows(BackendException.class, () -> selection.open("plian", THREE));

    String message = refused.getMessage();
    assertTrue(message.startsWith("There is no backend \"plian\"\n"), message);
    assertTrue(message.contains("\n  plain (usable, priority 10, "), message);
    assertTrue(message.contains(": no device in slot 3\n"), message);
    assertTrue(message.contains(FakeProviders.BadName.class.getName()), message);
    assertTrue(message.contains("To add one, put its jar"), message);
    assertEquals(List.of(), lines);
  }

  @Test
  void anUnusableNameIsAnErrorAndNothingElseIsTaken() throws IOException {
    Map<String, String> device = Map.of(Backends.PROPERTY, "device");
    BackendSelection selection =
        selection(device, Map.of(), FakeProviders.Plain.class, FakeProviders.NoDevice.class);

    BackendException refused = assertThrows(BackendException.class, () -> selection.best(THREE));

    assertTrue(
        refused
            .getMessage()
            .startsWith(
                "Backend \"device\", which the system property volute.backend names, is unusable:"
                    + " no device in slot 3\n"),
        refused::getMessage);
  }

  @Test
  void aBackendThatFailsToOpenIsListedAsUnusableWithItsCause() throws IOException {
    BackendSelection selection =
        selection(FakeProviders.OpenThrows.class, FakeProviders.Plain.class);

    BackendException refused =
        assertThrows(BackendException.class, () -> selection.open("boastful", THREE));

    assertTrue(
        refused.getMessage().contains("\n  boastful (unusable, priority 400, "),
        refused::getMessage);
    assertEquals("promised too much", refused.getCause().getMessage());
  }

  @Test
  void aProviderOfAnotherVersionIsRefusedByName() throws IOException {
    BackendSelection selection = selection(FakeProviders.OtherVersion.class);

    BackendException refused =
        assertThrows(BackendException.class, () -> selection.open("future", THREE));

    assertTrue(
        refused.getMessage().contains("made for version 99 of the backend contract; this is"),
        refused::getMessage);
  }

  @Test
  void withoutAnyUsableProviderBestIsAnErrorToo() throws IOException {
    BackendException nothing = assertThrows(BackendException.class, () -> selection().best(THREE));
    assertTrue(nothing.getMessage().contains("No provider was found."), nothing::getMessage);

    BackendException unusable =
        assertThrows(
            BackendException.class, () -> selection(FakeProviders.NoDevice.class).best(THREE));
    assertTrue(unusable.getMessage().contains("no device in slot 3"), unusable::getMessage);
  }

  @Test
  void propertyEnvironmentAndLogWorkInAProcess() throws Exception {
    new PluginFolder(folder)
        .register(
            FakeProviders.Plain.class, FakeProviders.Fast.class, FakeProviders.NoDevice.class);

    String free = process("", "");
    assertTrue(free.contains("opened FakeBackend[name=fast, threads=3]"), free);
    assertTrue(free.contains("passed over device: no device in slot 3"), free);
    assertTrue(free.contains("-Dvolute.backend=plain"), free);

    String variable = process("", "plain");
    assertTrue(variable.contains("opened FakeBackend[name=plain, threads=3]"), variable);

    String property = process("fast", "plain");
    assertTrue(property.contains("opened FakeBackend[name=fast, threads=3]"), property);

    String unusable = process("", "device");
    assertTrue(
        unusable.contains(
            "refused Backend \"device\", which the environment variable VOLUTE_BACKEND names, is"
                + " unusable: no device in slot 3"),
        unusable);
    assertFalse(unusable.contains("opened"), unusable);
  }

  private String process(String property, String variable)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(folder + File.pathSeparator + System.getProperty("java.class.path"));
    if (!property.isEmpty()) {
      command.add("-D" + Backends.PROPERTY + "=" + property);
    }
    command.add(PrintBestBackend.class.getName());
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove(Backends.VARIABLE);
    if (!variable.isEmpty()) {
      builder.environment().put(Backends.VARIABLE, variable);
    }
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return output;
  }
}
