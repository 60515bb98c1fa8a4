package dev.volute.backend.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionChain;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.spi.Availability;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendException;
import dev.volute.spi.BackendProvider;
import dev.volute.spi.Memory;
import dev.volute.spi.OpCall;
import dev.volute.spi.OutOfMemoryException;
import dev.volute.tensor.DType;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class NativeBackendTest {
  @Test
  void isFoundAndUsableAndNamesItsInstructionSet() {
    BackendProvider provider =
        ServiceLoader.load(BackendProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(each -> each.name().equals("native"))
            .findFirst()
            .orElseThrow();
    Availability availability = provider.probe();
    assertTrue(availability.usable(), availability.detail());
    assertTrue(availability.detail().matches("(baseline|AVX2|AVX-512).*"), availability.detail());
  }

  @Test
  void anUnknownInstructionSetIsAReasonAndNoException() {
    System.setProperty(NativeBackendProvider.LEVEL_PROPERTY, "mmx");
    try {
      Availability availability = new NativeBackendProvider().probe();
      assertEquals(false, availability.usable());
      assertTrue(availability.detail().contains("mmx"), availability.detail());
    } finally {
      System.clearProperty(NativeBackendProvider.LEVEL_PROPERTY);
    }
  }

  @Test
  void memoryGivesBackWhatWasWritten() {
    try (Backend backend = OpRunner.best().open();
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
    Backend backend = OpRunner.best().open();
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
    try (Backend backend = OpRunner.best().open()) {
      assertThrows(OutOfMemoryException.class, () -> backend.allocate(DType.F32, 1L << 50));
      assertThrows(
          OutOfMemoryException.class, () -> backend.allocate(DType.F64, Long.MAX_VALUE / 8));
    }
  }

  @Test
  void tellsTheAlgorithmOfAConvolution() {
    try (Backend backend = OpRunner.best().open()) {
      assertTrue(algorithm(backend, 64, 64, 3, 1, 1).contains("minimal filtering F(4x4, 3x3)"));
      assertFalse(algorithm(backend, 64, 64, 3, 2, 1).contains("minimal filtering"));
      assertFalse(algorithm(backend, 64, 64, 3, 1, 64).contains("minimal filtering"));
      assertNotEquals(algorithm(backend, 64, 64, 1, 1, 1), algorithm(backend, 64, 64, 3, 1, 64));
      TensorType few = TensorType.f32(1, 512, 7, 7);
      assertTrue(algorithm(backend, few, 512, 3, 1, 1).contains("minimal filtering F(2x2, 3x3)"));
    }
  }

  @Test
  void claimsChainsWithMuchBetweenTheirStages() {
    try (Backend backend = OpRunner.best().open()) {
      assertTrue(
          backend
              .algorithm(chain(112, 96, false))
              .orElseThrow()
              .contains("operands lie in planes"));
      OpCall call = chain(112, 96, false);
      List<MemoryFormat> formats =
          Collections.nCopies(call.inputs().size(), MemoryFormat.CHANNELS_LAST);
      OpCall last = call.in(formats, List.of(MemoryFormat.CHANNELS_LAST));
      assertTrue(backend.algorithm(last).orElseThrow().contains("bands of rows"));
      assertTrue(backend.takesChannelsLast(call, 0) && backend.givesChannelsLast(call, 0));
      assertFalse(backend.takesChannelsLast(call, 1) || backend.takesChannelsLast(call, 2));
      assertFalse(backend.claims(chain(14, 96, false)));
      assertFalse(backend.claims(chain(112, 96, true)));
    }
  }

  /** Pixels, then each channel by itself. */
  private static OpCall chain(int size, int channels, boolean residualBetween) {
    TensorType between = TensorType.f32(1, channels, size, size);
    List<TensorType> inputs =
        new ArrayList<>(
            List.of(
                TensorType.f32(1, 16, size, size),
                TensorType.f32(channels, 16, 1, 1),
                TensorType.f32(channels, 1, 3, 3)));
    if (residualBetween) {
      inputs.add(2, between);
    }
    Convolution first = new Convolution(geometry(1, 1, 1), false, residualBetween, Activation.RELU);
    Convolution second = new Convolution(geometry(3, 2, channels), false, Activation.RELU);
    return OpCall.of(new ConvolutionChain(List.of(first, second)), inputs);
  }

  private static ConvolutionGeometry geometry(int kernel, int stride, int groups) {
    List<Integer> padding = List.of(kernel / 2, kernel / 2);
    return new ConvolutionGeometry(
        List.of(stride, stride), padding, padding, List.of(1, 1), groups);
  }

  private static String algorithm(
      Backend backend, int channels, int filters, int kernel, int stride, int groups) {
    return algorithm(backend, TensorType.f32(8, channels, 32, 32), filters, kernel, stride, groups);
  }

  private static String algorithm(
      Backend backend, TensorType image, int filters, int kernel, int stride, int groups) {
    OpCall call =
        OpCall.of(
            new Convolution(geometry(kernel, stride, groups), false, Activation.IDENTITY),
            List.of(image, TensorType.f32(filters, image.shape().dim(1) / groups, kernel, kernel)));
    return backend.algorithm(call).orElseThrow();
  }
}
