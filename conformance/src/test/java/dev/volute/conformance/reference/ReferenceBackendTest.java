package dev.volute.conformance.reference;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.volute.graph.Accumulate;
import dev.volute.graph.Copy;
import dev.volute.graph.Gather;
import dev.volute.graph.MatMul;
import dev.volute.graph.Op;
import dev.volute.graph.Reduce;
import dev.volute.spi.BackendException;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.Backends;
import dev.volute.spi.IndexRangeException;
import dev.volute.spi.Memory;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import dev.volute.tensor.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The oracle against figures worked out by hand. */
class ReferenceBackendTest {
  private static final float NAN = Float.NaN;

  private final ReferenceBackend backend = new ReferenceBackend();

  @Test
  void isFoundByItsName() {
    assertEquals("reference", Backends.open("reference", BackendOptions.defaults()).name());
  }

  @Test
  void multipliesMatricesOverTransposedViews() {
    Operand a = operand(View.of(Shape.of(2, 3), 0, 1, 2), 1, 4, 2, 5, 3, 6);
    Operand b = operand(View.dense(Shape.of(3, 1), 1), 9, 1, 10, 100);
    assertArrayEquals(new float[] {642, 1308}, run(new MatMul(2, 0), Shape.of(2, 1), a, b));
  }

  @Test
  void reducesWithNanAsTheGreatest() {
    Operand x = operand(View.dense(Shape.of(2, 3), 0), 1, 5, 5, 2, NAN, 9);
    assertArrayEquals(
        new float[] {11, NAN}, run(new Reduce(Reduce.Function.SUM, List.of(1)), Shape.of(2), x));
    assertArrayEquals(
        new float[] {2, NAN, 9}, run(new Reduce(Reduce.Function.MAX, List.of(0)), Shape.of(3), x));
    OpCall call =
        OpCall.of(new Reduce(Reduce.Function.ARGMAX, List.of(1)), List.of(TensorType.f32(2, 3)));
    Memory y = backend.allocate(DType.I32, 2);
    bind(call, List.of(x), new Operand(y, View.dense(Shape.of(2), 0), false)).run();
    Tensor result = Tensor.zeros(TensorType.i32(2));
    y.read(0, result);
    assertArrayEquals(new int[] {1, 1}, result.ints());
  }

  @Test
  void accumulatesIntoOverlappingWindows() {
    Operand x = operand(View.dense(Shape.of(3, 2), 0), 1, 2, 3, 4, 5, 6);
    Memory y = memory(10, 20, 30, 40);
    OpCall call = OpCall.of(new Accumulate(), List.of(TensorType.f32(3, 2)));
    bind(call, List.of(x), new Operand(y, View.of(Shape.of(3, 2), 0, 1, 1), false)).run();
    assertArrayEquals(new float[] {11, 25, 39, 46}, read(y));
  }

  @Test
  void castsByTruncation() {
    Operand x = operand(View.of(Shape.of(3), 2, -1), 1.9f, -1.9f, 7);
    OpCall call = OpCall.of(new Copy(DType.I32), List.of(TensorType.f32(3)));
    Memory y = backend.allocate(DType.I32, 3);
    bind(call, List.of(x), new Operand(y, View.dense(Shape.of(3), 0), false)).run();
    Tensor result = Tensor.zeros(TensorType.i32(3));
    y.read(0, result);
    assertArrayEquals(new int[] {7, -1, 1}, result.ints());
  }

  @Test
  void refusesIndicesThatPointOutside() {
    Operand table = operand(View.dense(Shape.of(2, 1), 0), 1, 2);
    Memory indices = backend.allocate(DType.I32, 2);
    indices.write(0, Tensor.of(Shape.of(2), 1, 2));
    Operand where = new Operand(indices, View.dense(Shape.of(2), 0), false);
    IndexRangeException e =
        assertThrows(
            IndexRangeException.class, () -> run(new Gather(), Shape.of(2, 1), table, where));
    assertEquals(List.of(1L, 2L, 2L), List.of(e.position(), (long) e.index(), (long) e.bound()));
  }

  @Test
  void refusesClosedMemory() {
    Memory memory = memory(1, 2);
    memory.close();
    memory.close();
    assertThrows(BackendException.class, () -> read(memory));
    assertThrows(BackendException.class, () -> memory.write(0, Tensor.of(Shape.of(1), 1f)));
  }

  private Memory memory(float... values) {
    Memory memory = backend.allocate(DType.F32, values.length);
    memory.write(0, Tensor.of(Shape.of(values.length), values));
    return memory;
  }

  private Operand operand(View view, float... values) {
    return new Operand(memory(values), view, false);
  }

  private static float[] read(Memory memory) {
    Tensor result = Tensor.zeros(TensorType.f32((int) memory.elements()));
    memory.read(0, result);
    return result.floats();
  }

  private float[] run(Op op, Shape result, Operand... inputs) {
    List<TensorType> types = new ArrayList<>();
    for (Operand input : inputs) {
      types.add(new TensorType(input.memory().dtype(), input.view().shape()));
    }
    Memory y = backend.allocate(DType.F32, result.elements());
    bind(OpCall.of(op, types), List.of(inputs), new Operand(y, View.dense(result, 0), false)).run();
    return read(y);
  }

  private dev.volute.spi.Kernel bind(OpCall call, List<Operand> inputs, Operand output) {
    return backend.bind(
        call,
        new Operands(
            inputs,
            List.of(output),
            Optional.empty(),
            (constant, form, pack) -> {
              throw new AssertionError("nothing to pack");
            }));
  }
}
