package dev.volute.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The arrows between the modules. */
class ArchitectureTest {
  private static final JavaClasses ALL =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.volute");

  private static final String[] ABOVE_API = {
    "dev.volute.backend..",
    "dev.volute.natives..",
    "dev.volute.conformance..",
    "dev.volute.bench..",
    "dev.volute.examples.."
  };

  @Test
  void theApiKnowsNoBackendAndNoProgram() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ABOVE_API)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ABOVE_API)
        .check(ALL);
  }

  @Test
  void noBackendSeesAnother() {
    slices().matching("dev.volute.backend.(*)..").should().notDependOnEachOther().check(ALL);
  }

  @Test
  void theJavaBackendNeedsTheApiAndTheJdkAlone() {
    classes()
        .that()
        .resideInAPackage("dev.volute.backend.java..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "dev.volute.backend.java..",
            "dev.volute",
            "dev.volute.tensor",
            "dev.volute.random",
            "dev.volute.graph..",
            "dev.volute.spi",
            "java..",
            "jdk.incubator.vector",
            "org.jspecify.annotations")
        .allowEmptyShould(true)
        .check(ALL);
  }

  @Test
  void backendsKnowNeitherPlansNorLayersNorTraining() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.volute.backend..", "dev.volute.natives..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.volute.runtime..", "dev.volute.nn..", "dev.volute.train..")
        .allowEmptyShould(true)
        .check(ALL);
  }

  @Test
  void noPackageIsADrawer() {
    noClasses()
        .should()
        .resideInAnyPackage("..util..", "..common..", "..helper..", "..manager..", "..impl..")
        .check(ALL);
  }
}
