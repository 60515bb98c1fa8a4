package dev.volute.conformance.reference;

import dev.volute.graph.Accumulate;
import dev.volute.graph.Binary;
import dev.volute.graph.Copy;
import dev.volute.graph.Fill;
import dev.volute.graph.Gather;
import dev.volute.graph.MatMul;
import dev.volute.graph.Op;
import dev.volute.graph.RandomUniform;
import dev.volute.graph.Reduce;
import dev.volute.graph.ScatterAdd;
import dev.volute.graph.Select;
import dev.volute.graph.Unary;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendException;
import dev.volute.spi.Kernel;
import dev.volute.spi.Memory;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.spi.OutOfMemoryException;
import dev.volute.tensor.DType;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The oracle: every op as its definition says it, one element after the other, in double precision
 * whatever the element type. Slow.
 */
public final class ReferenceBackend implements Backend {
  /** The provider's name. */
  public static final String NAME = "reference";

  private static final Set<Class<? extends Op>> PRIMITIVES =
      Set.of(
          Fill.class,
          Copy.class,
          Accumulate.class,
          Unary.class,
          Binary.class,
          Select.class,
          Reduce.class,
          MatMul.class,
          Gather.class,
          ScatterAdd.class,
          RandomUniform.class);

  private boolean closed;

  public ReferenceBackend() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Memory allocate(DType dtype, long elements) {
    if (closed) {
      throw new BackendException("The backend is closed");
    }
    if (elements > maximumElements(dtype)) {
      throw new OutOfMemoryException(
          "%d elements were asked for; this backend has at most %d in one memory"
              .formatted(elements, maximumElements(dtype)));
    }
    try {
      return new ReferenceMemory(dtype, (int) elements);
    } catch (OutOfMemoryError e) {
      throw new OutOfMemoryException(
          "The Java heap has no room for " + elements + " doubles; enlarge it with -Xmx", e);
    }
  }

  @Override
  public long maximumElements(DType dtype) {
    return Integer.MAX_VALUE - 8;
  }

  @Override
  public boolean claims(OpCall call) {
    Op op = call.op();
    return Composites.contains(op) || PRIMITIVES.contains(op.getClass());
  }

  @Override
  public boolean takesChannelsLast(OpCall call, int input) {
    return Composites.contains(call.op()) && call.input(input).shape().rank() > 2;
  }

  @Override
  public boolean givesChannelsLast(OpCall call, int output) {
    return Composites.contains(call.op()) && call.output(output).shape().rank() > 2;
  }

  @Override
  public Kernel bind(OpCall call, Operands operands) {
    List<Elements> x = operands.inputs().stream().map(Elements::of).toList();
    List<Elements> y = operands.outputs().stream().map(Elements::of).toList();
    return primitive(call.op(), x, y.get(0))
        .or(() -> Composites.kernel(call.op(), x, y))
        .orElseThrow(() -> new BackendException("The backend does not claim " + call.op()));
  }

  private static Optional<Kernel> primitive(Op op, List<Elements> x, Elements y) {
    if (op instanceof Fill fill) {
      return Optional.of(Elementwise.fill(fill, y));
    } else if (op instanceof Copy) {
      return Optional.of(Elementwise.copy(x.get(0), y));
    } else if (op instanceof Accumulate) {
      return Optional.of(Elementwise.accumulate(x.get(0), y));
    } else if (op instanceof Unary unary) {
      return Optional.of(Elementwise.unary(unary, x.get(0), y));
    } else if (op instanceof Binary binary) {
      return Optional.of(Elementwise.binary(binary, x.get(0), x.get(1), y));
    } else if (op instanceof Select) {
      return Optional.of(Elementwise.select(x.get(0), x.get(1), x.get(2), y));
    } else if (op instanceof Reduce reduce) {
      return Optional.of(Reductions.reduce(reduce, x.get(0), y));
    } else if (op instanceof MatMul product) {
      return Optional.of(
          product.beta() == 0
              ? Reductions.matMul(product, x.get(0), x.get(1), y)
              : Reductions.matMul(product, x.get(0), x.get(1), x.get(2), y));
    } else if (op instanceof Gather) {
      return Optional.of(Tables.gather(x.get(0), x.get(1), y));
    } else if (op instanceof ScatterAdd) {
      return Optional.of(Tables.scatterAdd(x.get(0), x.get(1), y));
    } else if (op instanceof RandomUniform random) {
      return Optional.of(Tables.randomUniform(random, x.get(0), y));
    }
    return Optional.empty();
  }

  @Override
  public void close() {
    closed = true;
  }
}
