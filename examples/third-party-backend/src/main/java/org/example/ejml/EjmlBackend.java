package org.example.ejml;

import static java.util.Map.entry;
import static org.example.ejml.Elementwise.binary;
import static org.example.ejml.Elementwise.elementwise;
import static org.example.ejml.Elementwise.unary;

import dev.volute.graph.*;
import dev.volute.spi.*;
import dev.volute.tensor.DType;
import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/** The primitives alone, on the caller's thread. */
final class EjmlBackend implements Backend {
  private static final Map<Class<? extends Op>, BiFunction<Op, Operands, Kernel>> KERNELS =
      Map.ofEntries(
          entry(Fill.class, (op, all) -> elementwise((old, b, c) -> ((Fill) op).value(), all)),
          entry(Copy.class, (op, all) -> elementwise((a, old, c) -> a, all)),
          entry(Accumulate.class, (op, all) -> elementwise((a, old, c) -> old + a, all)),
          entry(Unary.class, (op, all) -> elementwise(unary(((Unary) op).function()), all)),
          entry(Binary.class, (op, all) -> elementwise(binary(((Binary) op).function()), all)),
          entry(Select.class, (op, all) -> elementwise((x, a, b) -> x != 0 ? a : b, all)),
          entry(Reduce.class, (op, all) -> Sums.reduce((Reduce) op, all)),
          entry(MatMul.class, (op, all) -> Sums.product((MatMul) op, all)),
          entry(Gather.class, (op, all) -> Tables.gather(all)),
          entry(ScatterAdd.class, (op, all) -> Tables.scatterAdd(all)),
          entry(RandomUniform.class, (op, all) -> Tables.random((RandomUniform) op, all)));

  /** What may run on whole numbers alone: it moves them, and computes nothing that overflows. */
  private static final Set<Class<? extends Op>> MOVES =
      Set.of(Fill.class, Copy.class, Select.class, Gather.class);

  private volatile boolean closed;

  @Override
  public String name() {
    return "ejml";
  }

  @Override
  public Memory allocate(DType dtype, long elements) {
    if (closed || dtype == DType.F64) {
      throw new BackendException(closed ? "The backend is closed" : "There is no memory for F64");
    }
    try {
      return new EjmlMemory(dtype, Math.toIntExact(elements));
    } catch (ArithmeticException | OutOfMemoryError e) {
      throw new OutOfMemoryException("The Java heap has no room for " + elements + " elements", e);
    }
  }

  @Override
  public long maximumElements(DType dtype) {
    return Integer.MAX_VALUE - 8;
  }

  @Override
  public boolean claims(OpCall call) {
    Class<? extends Op> op = call.op().getClass();
    List<DType> dtypes =
        Stream.concat(call.inputs().stream(), call.outputs().stream())
            .map(TensorType::dtype)
            .toList();
    return KERNELS.containsKey(op)
        && !dtypes.contains(DType.F64)
        && (dtypes.contains(DType.F32) || MOVES.contains(op));
  }

  @Override
  public Kernel bind(OpCall call, Operands operands) {
    if (!claims(call)) {
      throw new BackendException("The backend does not claim " + call.op());
    }
    return KERNELS.get(call.op().getClass()).apply(call.op(), operands);
  }

  @Override
  public void close() {
    closed = true;
  }
}
