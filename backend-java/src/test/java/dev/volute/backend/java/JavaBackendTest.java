package dev.volute.backend.java;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.spi.Availability;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendException;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.Backends;
import dev.volute.spi.Memory;
import dev.volute.spi.OpCall;
import dev.volute.spi.OutOfMemoryException;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.List;
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

  @Test
  void tellsTheAlgorithmOfAConvolution() {
    try (Backend backend = open()) {
      assertTrue(algorithm(backend, 64, 64, 3, 1, 1).contains("minimal filtering F(4x4, 3x3)"));
      assertFalse(algorithm(backend, 64, 64, 3, 2, 1).contains("minimal filtering"));
      assertFalse(algorithm(backend, 64, 64, 3, 1, 64).contains("minimal filtering"));
      assertNotEquals(algorithm(backend, 64, 64, 1, 1, 1), algorithm(backend, 64, 64, 3, 1, 64));
    }
  }

  private static String algorithm(
      Backend backend, int channels, int filters, int kernel, int stride, int groups) {
    List<Integer> padding = List.of(kernel / 2, kernel / 2);
    ConvolutionGeometry geometry =
        new ConvolutionGeometry(List.of(stride, stride), padding, padding, List.of(1, 1), groups);
    OpCall call =
        OpCall.of(
            new Convolution(geometry, false, Activation.IDENTITY),
            List.of(
                TensorType.f32(8, channels, 32, 32),
                TensorType.f32(filters, channels / groups, kernel, kernel)));
    return backend.algorithm(call).orElseThrow();
  }
}
