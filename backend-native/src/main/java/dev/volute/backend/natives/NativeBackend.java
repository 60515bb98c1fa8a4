package dev.volute.backend.natives;

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
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
import dev.volute.tensor.DType;
import dev.volute.tensor.MemoryFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Kernels in C++ on memory outside the Java heap. */
final class NativeBackend implements Backend {
  /** Makes the call record of a primitive. */
  private interface Primitive {
    CallRecord record(OpCall call, Operands operands);
  }

  private static final Map<Class<? extends Op>, Primitive> PRIMITIVES =
      Map.ofEntries(
          Map.entry(Fill.class, PrimitiveCalls::fill),
          Map.entry(Copy.class, PrimitiveCalls::copy),
          Map.entry(Accumulate.class, PrimitiveCalls::accumulate),
          Map.entry(Unary.class, PrimitiveCalls::unary),
          Map.entry(Binary.class, PrimitiveCalls::binary),
          Map.entry(Select.class, PrimitiveCalls::select),
          Map.entry(Reduce.class, PrimitiveCalls::reduce),
          Map.entry(Gather.class, PrimitiveCalls::gather),
          Map.entry(ScatterAdd.class, PrimitiveCalls::scatterAdd),
          Map.entry(RandomUniform.class, PrimitiveCalls::random));

  private final Context context;
  private final SpatialCalls spatial;
  private final CompositeCalls composites;

  /**
   * @param minimalFiltering whether convolutions may be computed that way
   */
  NativeBackend(Context context, boolean minimalFiltering) {
    this.context = context;
    spatial = new SpatialCalls(minimalFiltering);
    composites = new CompositeCalls(spatial);
  }

  @Override
  public String name() {
    return "native";
  }

  @Override
  public Memory allocate(DType dtype, long elements) {
    context.requireOpen();
    return new NativeMemory(dtype, elements);
  }

  @Override
  public boolean claims(OpCall call) {
    Op op = call.op();
    return PRIMITIVES.containsKey(op.getClass())
        || op instanceof MatMul
        || composites.of(call).isPresent();
  }

  @Override
  public Optional<String> algorithm(OpCall call) {
    return composites.of(call).flatMap(composite -> composite.record(Optional.empty()).algorithm());
  }

  @Override
  public boolean takesChannelsLast(OpCall call, int input) {
    return spatial.takesChannelsLast(call, input)
        || ChainCalls.takesChannelsLast(call, input)
        || NormCalls.takesChannelsLast(call, input);
  }

  @Override
  public boolean givesChannelsLast(OpCall call, int output) {
    return spatial.givesChannelsLast(call)
        || ChainCalls.givesChannelsLast(call)
        || NormCalls.givesChannelsLast(call, output);
  }

  @Override
  public Scratch scratch(OpCall call) {
    return composites
        .of(call)
        .map(composite -> Scratch.floats(composite.record(Optional.empty()).scratch()))
        .orElse(Scratch.NONE);
  }

  @Override
  public Kernel bind(OpCall call, Operands operands) {
    context.requireOpen();
    Primitive primitive = PRIMITIVES.get(call.op().getClass());
    if (primitive != null) {
      return kernel(primitive.record(call, operands), operands, Optional.empty());
    }
    if (call.op() instanceof MatMul) {
      Optional<NativeMemory> own = PrimitiveCalls.productMemory(call, operands);
      return kernel(PrimitiveCalls.matmul(call, operands, own), operands, own);
    }
    CompositeCalls.Composite composite =
        composites
            .of(call)
            .orElseThrow(() -> new BackendException("Backend native does not claim " + call));
    requireFormats(call, operands);
    return PackedWeights.of(call, operands, spatial)
        .map(weights -> withPacked(weights, operands))
        .orElseGet(
            () -> kernel(composite.record(Optional.of(operands)), operands, Optional.empty()));
  }

  private Kernel withPacked(PackedWeights weights, Operands operands) {
    List<NativeMemory> packed =
        weights.forms().stream().map(form -> packed(form, operands)).toList();
    Optional<NativeMemory> kept =
        weights.kept() > 0
            ? Optional.of(new NativeMemory(DType.F32, weights.kept()))
            : Optional.empty();
    return kernel(weights.use().apply(packed, kept), operands, kept);
  }

  private NativeMemory packed(PackedWeights.Form form, Operands operands) {
    return operands.packed(
        form.input(),
        NativeMemory.class,
        form.name(),
        () -> {
          NativeMemory memory = new NativeMemory(DType.F32, form.elements());
          context.run(form.pack().apply(memory));
          return memory;
        });
  }

  private static void requireFormats(OpCall call, Operands operands) {
    for (int i = 0; i < operands.inputs().size(); i++) {
      requireFormat(call, call.inputFormat(i), operands.input(i));
    }
    for (int i = 0; i < operands.outputs().size(); i++) {
      requireFormat(call, call.outputFormat(i), operands.output(i));
    }
  }

  private static void requireFormat(OpCall call, MemoryFormat format, Operand operand) {
    if (!format.holds(operand.view())) {
      throw new BackendException(
          "An operand of " + call.op() + " should lie " + format + " and is " + operand.view());
    }
  }

  private Kernel kernel(CallRecord record, Operands operands, Optional<NativeMemory> own) {
    return new NativeKernel(context, record, operands, own);
  }

  @Override
  public void close() {
    context.close();
  }
}
