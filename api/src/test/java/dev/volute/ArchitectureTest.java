package dev.volute;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The arrows between this module's packages. */
class ArchitectureTest {
  private static final Path CLASSES = Path.of("target", "classes");
  private static final JavaClasses API = new ClassFileImporter().importPath(CLASSES);

  /** What a package may use besides itself and the JDK; a package is listed after what it uses. */
  private static final Map<String, List<String>> ARROWS =
      Map.ofEntries(
          entry("dev.volute", List.of()),
          entry("dev.volute.tensor", List.of("dev.volute")),
          entry("dev.volute.random", List.of("dev.volute")),
          entry("dev.volute.data", List.of("dev.volute", "dev.volute.tensor", "dev.volute.random")),
          entry("dev.volute.io", List.of("dev.volute", "dev.volute.tensor")),
          entry("dev.volute.graph", List.of("dev.volute", "dev.volute.tensor")),
          entry(
              "dev.volute.graph.composite",
              List.of("dev.volute", "dev.volute.tensor", "dev.volute.graph")),
          entry(
              "dev.volute.spi",
              List.of(
                  "dev.volute",
                  "dev.volute.tensor",
                  "dev.volute.graph",
                  "dev.volute.graph.composite")),
          entry(
              "dev.volute.runtime",
              List.of(
                  "dev.volute",
                  "dev.volute.tensor",
                  "dev.volute.graph",
                  "dev.volute.graph.composite",
                  "dev.volute.spi")),
          entry(
              "dev.volute.nn",
              List.of(
                  "dev.volute",
                  "dev.volute.tensor",
                  "dev.volute.random",
                  "dev.volute.io",
                  "dev.volute.graph",
                  "dev.volute.graph.composite",
                  "dev.volute.spi",
                  "dev.volute.runtime")),
          entry(
              "dev.volute.train",
              List.of(
                  "dev.volute",
                  "dev.volute.tensor",
                  "dev.volute.random",
                  "dev.volute.data",
                  "dev.volute.io",
                  "dev.volute.graph",
                  "dev.volute.graph.composite",
                  "dev.volute.spi",
                  "dev.volute.nn")));

  static Stream<String> packages() {
    return API.stream().map(each -> each.getPackageName()).distinct().sorted();
  }

  @ParameterizedTest
  @MethodSource("packages")
  void aPackageUsesOnlyWhatLiesBelowIt(String name) {
    List<String> below = ARROWS.get(name);
    assertTrue(below != null, name + " has no place among the arrows: add it");
    TreeSet<String> allowed = new TreeSet<>(below);
    allowed.addAll(List.of(name, "java..", "org.jspecify.annotations"));
    classes()
        .that()
        .resideInAPackage(name)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed.toArray(String[]::new))
        .check(API);
  }

  @Test
  void packagesDependOnEachOtherInOneDirection() {
    slices().matching("dev.volute.(**)").should().beFreeOfCycles().check(API);
  }

  @Test
  void noPackageIsADrawer() {
    noClasses()
        .should()
        .resideInAnyPackage("..util..", "..common..", "..helper..", "..manager..", "..impl..")
        .check(API);
  }

  @Test
  void theModuleExportsAllButTheRuntime() throws IOException {
    ModuleDescriptor module;
    try (InputStream bytes = Files.newInputStream(CLASSES.resolve("module-info.class"))) {
      module = ModuleDescriptor.read(bytes);
    }
    packages()
        .forEach(
            name ->
                assertEquals(
                    !name.startsWith("dev.volute.runtime"),
                    module.exports().stream().anyMatch(export -> export.source().equals(name)),
                    name));
  }
}
