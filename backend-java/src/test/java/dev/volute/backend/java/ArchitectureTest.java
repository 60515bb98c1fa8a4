package dev.volute.backend.java;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The arrows between this module's packages. */
class ArchitectureTest {
  private static final JavaClasses BACKEND =
      new ClassFileImporter().importPath(Path.of("target", "classes"));

  @Test
  void packagesDependOnEachOtherInOneDirection() {
    slices().matching("dev.volute.backend.java.(*)..").should().beFreeOfCycles().check(BACKEND);
  }

  /** A JVM without the module must never load a class that needs it. */
  @Test
  void theVectorApiStaysInItsPackage() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..lanes")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.incubator.vector..")
        .check(BACKEND);
    noClasses()
        .that()
        .resideOutsideOfPackage("..lanes")
        .and()
        .areNotAssignableTo(SimdChoice.class)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("..lanes")
        .check(BACKEND);
  }

  /** What runs on contiguous numbers knows nothing of operands, and kernels nothing of lanes. */
  @Test
  void runsKnowNoKernels() {
    noClasses()
        .that()
        .resideInAnyPackage("..simd", "..plain", "..lanes", "..parallel")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("dev.volute.spi..", "dev.volute.tensor..", "..kernel")
        .check(BACKEND);
    noClasses()
        .that()
        .resideInAPackage("..kernel")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("..plain", "..lanes")
        .check(BACKEND);
  }
}
