package dev.volute.backend.natives;

import dev.volute.graph.Op;
import dev.volute.random.Philox;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.Kernel;
import dev.volute.spi.Memory;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
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

/** Runs one op on the native backend, from host tensors to host tensors. */
record OpRunner(String level, int threads, boolean constant) {

  OpRunner(String level, int threads) {
    this(level, threads, false);
  }

  /** The same with inputs that are bound as constants. */
  OpRunner withConstants() {
    return new OpRunner(level, threads, true);
  }

  static OpRunner best() {
    return new OpRunner("", 2);
  }

  /** The op on dense operands. */
  List<Tensor> run(Op op, Tensor... inputs) {
    List<View> views = Arrays.stream(inputs).map(input -> View.dense(input.shape(), 0)).toList();
    return runViews(op, List.of(inputs), views);
  }

  /** The op on dense operands in the given formats; inputs and results here are row-major. */
  List<Tensor> runIn(
      List<MemoryFormat> inputFormats, List<MemoryFormat> outputFormats, Op op, Tensor... inputs) {
    OpCall call =
        OpCall.of(op, Arrays.stream(inputs).map(Tensor::type).toList())
            .in(inputFormats, outputFormats);
    List<Tensor> storage = new ArrayList<>();
    List<View> views = new ArrayList<>();
    for (int i = 0; i < inputs.length; i++) {
      storage.add(reordered(inputs[i], inputFormats.get(i), false));
      views.add(inputFormats.get(i).view(inputs[i].shape(), 0));
    }
    List<Tensor> results = run(call, storage, views, Optional.empty());
    List<Tensor> rowMajor = new ArrayList<>();
    for (int i = 0; i < results.size(); i++) {
      rowMajor.add(reordered(results.get(i), outputFormats.get(i), true));
    }
    return rowMajor;
  }

  /** A row-major tensor's elements in the order of a format, or back. */
  private static Tensor reordered(Tensor tensor, MemoryFormat format, boolean back) {
    if (format == MemoryFormat.ROW_MAJOR) {
      return tensor;
    }
    Shape shape = tensor.shape();
    int channels = shape.dim(1);
    int places = Math.toIntExact(shape.slice(2, shape.rank()).elements());
    Tensor result = Tensor.zeros(tensor.type());
    for (int i = 0; i < tensor.length(); i++) {
      int image = i / (channels * places);
      int channel = i / places % channels;
      int other = (image * places + i % places) * channels + channel;
      int from = back ? other : i;
      int to = back ? i : other;
      if (tensor.dtype() == DType.I32) {
        result.ints()[to] = tensor.ints()[from];
      } else {
        result.floats()[to] = tensor.floats()[from];
      }
    }
    return result;
  }

  /** The op on views of the given storage, with dense results. */
  List<Tensor> runViews(Op op, List<Tensor> storage, List<View> views) {
    return run(call(op, storage, views), storage, views, Optional.empty());
  }

  /** The op with its one result written into a view of {@code target}, which changes. */
  Tensor runInto(Op op, List<Tensor> storage, List<View> views, Tensor target, View result) {
    return run(call(op, storage, views), storage, views, Optional.of(new Result(target, result)))
        .get(0);
  }

  private record Result(Tensor storage, View view) {}

  private static OpCall call(Op op, List<Tensor> storage, List<View> views) {
    List<TensorType> types = new ArrayList<>();
    for (int i = 0; i < views.size(); i++) {
      types.add(new TensorType(storage.get(i).dtype(), views.get(i).shape()));
    }
    return OpCall.of(op, types);
  }

  private List<Tensor> run(
      OpCall call, List<Tensor> storage, List<View> views, Optional<Result> result) {
    List<Memory> memories = new ArrayList<>();
    List<AutoCloseable> packed = new ArrayList<>();
    try (Backend backend = open()) {
      if (!backend.claims(call)) {
        throw new AssertionError("Not claimed: " + call);
      }
      List<Operand> inputs = new ArrayList<>();
      for (int i = 0; i < views.size(); i++) {
        Memory memory = backend.allocate(storage.get(i).dtype(), storage.get(i).length());
        memories.add(memory);
        memory.write(0, storage.get(i));
        inputs.add(new Operand(memory, views.get(i), constant));
      }
      List<Operand> outputs = new ArrayList<>();
      if (result.isPresent()) {
        Tensor target = result.get().storage();
        Memory memory = backend.allocate(target.dtype(), target.length());
        memories.add(memory);
        memory.write(0, target);
        outputs.add(new Operand(memory, result.get().view(), false));
      } else {
        for (int i = 0; i < call.outputs().size(); i++) {
          TensorType type = call.output(i);
          Operand dense = operand(backend, memories, type.dtype(), type.shape());
          View view = call.outputFormat(i).view(type.shape(), 0);
          outputs.add(new Operand(dense.memory(), view, false));
        }
      }
      Scratch scratch = backend.scratch(call);
      Optional<Operand> own =
          scratch.elements() == 0
              ? Optional.empty()
              : Optional.of(
                  operand(
                      backend,
                      memories,
                      scratch.dtype(),
                      Shape.of(Math.toIntExact(scratch.elements()))));
      Operands operands =
          new Operands(
              inputs,
              outputs,
              own,
              (operand, form, pack) -> {
                packed.add(pack.get());
                return packed.get(packed.size() - 1);
              });
      try (Kernel kernel = backend.bind(call, operands)) {
        kernel.run();
      }
      List<Tensor> results = new ArrayList<>();
      for (int i = 0; i < outputs.size(); i++) {
        Tensor read = result.map(Result::storage).orElse(Tensor.zeros(call.output(i)));
        outputs.get(i).memory().read(0, read);
        results.add(read);
      }
      return results;
    } finally {
      memories.forEach(Memory::close);
      packed.forEach(each -> ((NativeMemory) each).close());
    }
  }

  /** Memory full of NaN, so that what is not written shows. */
  private static Operand operand(Backend backend, List<Memory> memories, DType dtype, Shape shape) {
    Memory memory = backend.allocate(dtype, shape.elements());
    memories.add(memory);
    if (dtype == DType.F32) {
      Tensor dirt = Tensor.zeros(new TensorType(dtype, shape));
      Arrays.fill(dirt.floats(), Float.NaN);
      memory.write(0, dirt);
    }
    return new Operand(memory, View.dense(shape, 0), false);
  }

  Backend open() {
    String before = System.getProperty(NativeBackendProvider.LEVEL_PROPERTY);
    try {
      if (!level.isEmpty()) {
        System.setProperty(NativeBackendProvider.LEVEL_PROPERTY, level);
      }
      return new NativeBackendProvider().open(new BackendOptions(threads));
    } finally {
      if (before == null) {
        System.clearProperty(NativeBackendProvider.LEVEL_PROPERTY);
      } else {
        System.setProperty(NativeBackendProvider.LEVEL_PROPERTY, before);
      }
    }
  }

  /** Numbers between -1 and 1. */
  static Tensor random(int seed, int... lengths) {
    Tensor result = Tensor.zeros(TensorType.f32(lengths));
    Philox philox = new Philox(seed, 1, 0);
    for (int i = 0; i < result.length(); i++) {
      result.floats()[i] = 2 * philox.uniform(i) - 1;
    }
    return result;
  }
}
