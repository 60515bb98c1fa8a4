package dev.volute.backend.java;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.management.ThreadMXBean;
import dev.volute.graph.Accumulate;
import dev.volute.graph.Binary;
import dev.volute.graph.Copy;
import dev.volute.graph.Gather;
import dev.volute.graph.MatMul;
import dev.volute.graph.RandomUniform;
import dev.volute.graph.Reduce;
import dev.volute.graph.ScatterAdd;
import dev.volute.graph.Select;
import dev.volute.graph.Unary;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.AdamUpdate;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.graph.composite.Dropout;
import dev.volute.graph.composite.Linear;
import dev.volute.graph.composite.SgdUpdate;
import dev.volute.graph.composite.SoftmaxCrossEntropy;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.Backends;
import dev.volute.spi.Kernel;
import dev.volute.spi.Memory;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import dev.volute.tensor.View;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A kernel that has run once allocates nothing. With plain loops, that is: vectors live on the heap
 * until their code is compiled.
 */
class AllocationTest {
  private static final TensorType X = TensorType.f32(12, 7, 5);
  private static final TensorType PER_CHANNEL = TensorType.f32(7);
  private static final TensorType INDICES = TensorType.i32(12);
  private static final TensorType KEY = TensorType.i32(3);
  private static final TensorType SCALAR = TensorType.f32();

  static Stream<OpCall> calls() {
    TensorType matrix = TensorType.f32(12, 7);
    return Stream.of(
        OpCall.of(new Unary(Unary.Function.TANH), List.of(X)),
        OpCall.of(new Binary(Binary.Function.POWER), List.of(X, X)),
        OpCall.of(new Copy(DType.I32), List.of(X)),
        OpCall.of(new Copy(DType.F32), List.of(X)),
        OpCall.of(new Accumulate(), List.of(X)),
        OpCall.of(new Select(), List.of(X, X, X)),
        OpCall.of(new Reduce(Reduce.Function.SUM, List.of(0, 2)), List.of(X)),
        OpCall.of(new Reduce(Reduce.Function.MAX, List.of(0)), List.of(X)),
        OpCall.of(new Reduce(Reduce.Function.ARGMAX, List.of(1)), List.of(X)),
        OpCall.of(new MatMul(1, 0), List.of(matrix, TensorType.f32(7, 12))),
        OpCall.of(new Gather(), List.of(X, INDICES)),
        OpCall.of(new ScatterAdd(9), List.of(INDICES, X)),
        OpCall.of(new RandomUniform(Shape.of(1001), 1), List.of(KEY)),
        OpCall.of(
            new Linear(Activation.RELU, true),
            List.of(matrix, TensorType.f32(7, 9), TensorType.f32(9))),
        OpCall.of(new SoftmaxCrossEntropy(), List.of(matrix, INDICES)),
        OpCall.of(new Dropout(0.5, 1), List.of(X, KEY)),
        OpCall.of(new SgdUpdate(0.9, true, 0.1), List.of(X, X, X, SCALAR)),
        OpCall.of(new AdamUpdate(0.9, 0.999, 1e-8, 0, false), List.of(X, X, X, X, SCALAR, SCALAR)),
        OpCall.of(
            new BatchNormTraining(1e-5, Activation.RELU), List.of(X, PER_CHANNEL, PER_CHANNEL)),
        OpCall.of(
            new BatchNormGradient(1e-5), List.of(X, PER_CHANNEL, PER_CHANNEL, PER_CHANNEL, X)),
        OpCall.of(
            new BatchNormTraining(1e-5, true, Activation.RELU),
            List.of(X, PER_CHANNEL, PER_CHANNEL, X)),
        OpCall.of(
            new BatchNormGradient(1e-5, Activation.RELU),
            List.of(X, PER_CHANNEL, PER_CHANNEL, PER_CHANNEL, X, X)));
  }

  @ParameterizedTest
  @MethodSource("calls")
  void aSecondRunAllocatesNothing(OpCall call) {
    String before = System.getProperty(JavaBackendProvider.VECTOR_PROPERTY, "");
    System.setProperty(JavaBackendProvider.VECTOR_PROPERTY, "false");
    try (Backend backend = Backends.open("java", new BackendOptions(1))) {
      List<Operand> inputs = call.inputs().stream().map(type -> memory(backend, type)).toList();
      List<Operand> outputs = call.outputs().stream().map(type -> memory(backend, type)).toList();
      long scratch = backend.scratch(call).elements();
      Optional<Operand> own =
          scratch == 0
              ? Optional.empty()
              : Optional.of(memory(backend, TensorType.f32(Math.toIntExact(scratch))));
      Operands operands =
          new Operands(
              inputs,
              outputs,
              own,
              (constant, form, pack) -> {
                throw new AssertionError("nothing is constant");
              });
      try (Kernel kernel = backend.bind(call, operands)) {
        kernel.run();
        kernel.run();
        assertEquals(0, allocated(kernel), call.toString());
      }
    } finally {
      System.setProperty(JavaBackendProvider.VECTOR_PROPERTY, before);
    }
  }

  /**
   * Bytes that a run allocates: the median of some, as the JVM once puts back on the heap what it
   * kept in registers, when it changes from one compiled form of a method to another.
   */
  private static long allocated(Kernel kernel) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long[] bytes = new long[5];
    for (int i = 0; i < bytes.length; i++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      kernel.run();
      bytes[i] = threads.getCurrentThreadAllocatedBytes() - before;
    }
    Arrays.sort(bytes);
    return bytes[bytes.length / 2];
  }

  private static Operand memory(Backend backend, TensorType type) {
    Memory memory = backend.allocate(type.dtype(), type.shape().elements());
    return new Operand(memory, View.dense(type.shape(), 0), false);
  }
}
