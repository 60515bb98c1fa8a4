package dev.volute.backend.java;

import dev.volute.graph.Op;
import dev.volute.random.Philox;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.Backends;
import dev.volute.spi.Kernel;
import dev.volute.spi.Memory;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.DType;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import dev.volute.tensor.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Runs one op on a backend, from host tensors to host tensors.
 *
 * @param backend the provider's name
 * @param constant whether the inputs are bound as constants
 */
public record OpRunner(String backend, int threads, boolean constant) {
  /** A tensor's elements somewhere in a tensor that holds more than them. */
  public record Placed(Tensor storage, View view) {
    public static Placed dense(Tensor tensor) {
      return new Placed(tensor, View.dense(tensor.shape(), 0));
    }

    /** The same elements in this format. */
    public static Placed in(MemoryFormat format, Tensor tensor) {
      View view = format.view(tensor.shape(), 0);
      Tensor storage = Tensor.zeros(tensor.type());
      for (int i = 0; i < tensor.length(); i++) {
        storage.floats()[place(view, i)] = tensor.floats()[i];
      }
      return new Placed(storage, view);
    }

    /** The elements in the order of a row-major tensor. */
    public Tensor rowMajor() {
      Tensor result = Tensor.zeros(type());
      for (int i = 0; i < result.length(); i++) {
        result.floats()[i] = storage.floats()[place(view, i)];
      }
      return result;
    }

    private static int place(View view, int element) {
      long place = view.offset();
      int rest = element;
      for (int axis = view.shape().rank() - 1; axis >= 0; axis--) {
        place += rest % view.shape().dim(axis) * view.stride(axis);
        rest /= view.shape().dim(axis);
      }
      return Math.toIntExact(place);
    }

    MemoryFormat format() {
      return MemoryFormat.ROW_MAJOR.holds(view)
          ? MemoryFormat.ROW_MAJOR
          : MemoryFormat.CHANNELS_LAST;
    }

    TensorType type() {
      return new TensorType(storage.dtype(), view.shape());
    }
  }

  public static OpRunner java(int threads) {
    return new OpRunner("java", threads, false);
  }

  /** The oracle, in double precision; it runs primitives alone. */
  public static OpRunner reference() {
    return new OpRunner("reference", 1, false);
  }

  /** The same with inputs that are bound as constants. */
  public OpRunner withConstants() {
    return new OpRunner(backend, threads, true);
  }

  /** The op on dense inputs, with dense results. */
  public List<Tensor> run(Op op, Tensor... inputs) {
    return runPlaced(op, Arrays.stream(inputs).map(Placed::dense).toList());
  }

  /** The op on inputs anywhere, with dense results in memory that was full of NaN. */
  public List<Tensor> runPlaced(Op op, List<Placed> inputs) {
    List<Placed> outputs =
        op.infer(inputs.stream().map(Placed::type).toList()).stream()
            .map(type -> Placed.dense(dirty(type)))
            .toList();
    return run(op, inputs, outputs);
  }

  /** The op with its one result written into a view of {@code target}, whose copy is returned. */
  public Tensor runInto(Op op, List<Placed> inputs, Placed target) {
    return run(op, inputs, List.of(target)).get(0);
  }

  private static Tensor dirty(TensorType type) {
    Tensor result = Tensor.zeros(type);
    switch (type.dtype()) {
      case F32 -> Arrays.fill(result.floats(), Float.NaN);
      case F64 -> Arrays.fill(result.doubles(), Double.NaN);
      case I32 -> Arrays.fill(result.ints(), 0x5EED);
    }
    return result;
  }

  private List<Tensor> run(Op op, List<Placed> inputs, List<Placed> outputs) {
    OpCall call =
        new OpCall(
            op,
            inputs.stream().map(Placed::type).toList(),
            outputs.stream().map(Placed::type).toList());
    if (op.lowering().isPresent()) {
      call =
          call.in(
              inputs.stream().map(Placed::format).toList(),
              outputs.stream().map(Placed::format).toList());
    }
    List<AutoCloseable> packed = new ArrayList<>();
    try (Backend opened = Backends.open(backend, new BackendOptions(threads))) {
      if (!opened.claims(call)) {
        throw new AssertionError("Not claimed: " + call);
      }
      List<Operand> from = inputs.stream().map(each -> operand(opened, each, constant)).toList();
      List<Operand> to = outputs.stream().map(each -> operand(opened, each, false)).toList();
      Operands operands =
          new Operands(
              from,
              to,
              scratch(opened, call),
              (operand, form, pack) -> {
                packed.add(pack.get());
                return packed.get(packed.size() - 1);
              });
      try (Kernel kernel = opened.bind(call, operands)) {
        kernel.run();
      }
      for (int i = 0; i < inputs.size(); i++) {
        if (!inputs.get(i).storage().equals(read(from.get(i), inputs.get(i)))) {
          throw new AssertionError(op + " changed its input " + i);
        }
      }
      return IntStream.range(0, to.size()).mapToObj(i -> read(to.get(i), outputs.get(i))).toList();
    }
  }

  private static Optional<Operand> scratch(Backend backend, OpCall call) {
    long elements = backend.scratch(call).elements();
    if (elements == 0) {
      return Optional.empty();
    }
    Shape shape = Shape.of(Math.toIntExact(elements));
    Tensor dirt = dirty(new TensorType(backend.scratch(call).dtype(), shape));
    return Optional.of(operand(backend, Placed.dense(dirt), false));
  }

  private static Operand operand(Backend backend, Placed placed, boolean constant) {
    Tensor storage = placed.storage();
    Memory memory = backend.allocate(storage.dtype(), storage.length());
    memory.write(0, storage);
    return new Operand(memory, placed.view(), constant);
  }

  private static Tensor read(Operand operand, Placed placed) {
    Tensor result = Tensor.zeros(placed.storage().type());
    operand.memory().read(0, result);
    return result;
  }

  /** Numbers between -1 and 1. */
  public static Tensor random(int seed, int... lengths) {
    Tensor result = Tensor.zeros(TensorType.f32(lengths));
    Philox philox = new Philox(seed, 1, 0);
    for (int i = 0; i < result.length(); i++) {
      result.floats()[i] = 2 * philox.uniform(i) - 1;
    }
    return result;
  }

  /** Whole numbers from 0 to {@code bound - 1}. */
  public static Tensor indices(int seed, int bound, int... lengths) {
    Tensor result = Tensor.zeros(new TensorType(DType.I32, Shape.of(lengths)));
    Philox philox = new Philox(seed, 2, 0);
    for (int i = 0; i < result.length(); i++) {
      result.ints()[i] = philox.integer(i, bound);
    }
    return result;
  }
}
