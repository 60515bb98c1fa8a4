package dev.volute.backend.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.spi.Availability;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendException;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.Backends;
import dev.volute.spi.Memory;
import dev.volute.spi.OutOfMemoryException;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import org.junit.jupiter.api.Test;

class JavaBackendTest {
  private static final boolean VECTOR_API =
      ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

  private static Backend open() {
    return Backends.open("java", new BackendOptions(2));
  }

  private static Availability probeWith(String property) {
    String before = System.getProperty(JavaBackendProvider.VECTOR_PROPERTY, "");
    System.setProperty(JavaBackendProvider.VECTOR_PROPERTY, property);
    try {
      return new JavaBackendProvider().probe();
    } finally {
      System.setProperty(JavaBackendProvider.VECTOR_PROPERTY, before);
    }
  }

  @Test
  void isFoundByItsName() {
    try (Backend backend = open()) {
      assertEquals("java", backend.name());
    }
  }

  @Test
  void saysWhatItRunsOn() {
    Availability chosen = probeWith("");
    assertTrue(chosen.usable());
    assertTrue(
        chosen.detail().contains(VECTOR_API ? "Vector API" : "--add-modules jdk.incubator.vector"),
        chosen.detail());
    Availability plain = probeWith("false");
    assertTrue(plain.usable());
    assertTrue(plain.detail().startsWith("plain loops"), plain.detail());
  }

  @Test
  void theVectorApiCanBeDemanded() {
    Availability demanded = probeWith("true");
    assertEquals(VECTOR_API, demanded.usable(), demanded.detail());
    assertTrue(VECTOR_API || demanded.detail().contains("--add-modules"), demanded.detail());
  }

  @Test
  void refusesToGuessWhatAPropertyMeans() {
    Availability answer = probeWith("perhaps");
    assertFalse(answer.usable());
    assertTrue(answer.detail().contains("perhaps"), answer.detail());
  }

  @Test
  void memoryGivesBackWhatWasWritten() {
    try (Backend backend = open();
        Memory memory = backend.allocate(DType.F64, 10)) {
      memory.write(3, Tensor.of(Shape.of(4), 1.0, 2, 3, 4));
      Tensor read = Tensor.of(Shape.of(2), 0.0, 0);
      memory.read(4, read);
      assertEquals(Tensor.of(Shape.of(2), 2.0, 3), read);
      assertThrows(BackendException.class, () -> memory.read(9, read));
      assertThrows(BackendException.class, () -> memory.read(-1, read));
      assertThrows(BackendException.class, () -> memory.write(0, Tensor.scalar(1)));
    }
  }

  @Test
  void closedMemoryAndClosedBackendsRefuse() {
    Backend backend = open();
    Memory memory = backend.allocate(DType.F32, 1);
    memory.close();
    memory.close();
    assertThrows(BackendException.class, () -> memory.write(0, Tensor.scalar(1)));
    backend.close();
    backend.close();
    assertThrows(BackendException.class, () -> backend.allocate(DType.F32, 1));
  }

  @Test
  void tooMuchMemoryIsToldAsSuch() {
    try (Backend backend = open()) {
      assertThrows(OutOfMemoryException.class, () -> backend.allocate(DType.F32, 1L << 40));
    }
  }
}
