package dev.volute.backend.natives;

import dev.volute.graph.composite.Convolution;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Constant weights in the form that a kernel reads fastest, made once for all kernels of a model.
 *
 * @param input the weight that the form is kept with
 * @param form tells apart different forms of one weight
 * @param elements floats that the form takes
 * @param pack the call that writes the form
 * @param kept floats that each kernel keeps for itself from one run to the next
 * @param use the call that reads the form, with that memory if there is any
 */
record PackedWeights(
    int input,
    Object form,
    long elements,
    Function<NativeMemory, CallRecord> pack,
    long kept,
    BiFunction<NativeMemory, Optional<NativeMemory>, CallRecord> use) {

  /** Weights of kernels that keep nothing. */
  PackedWeights(
      int input,
      Object form,
      long elements,
      Function<NativeMemory, CallRecord> pack,
      Function<NativeMemory, CallRecord> use) {
    this(input, form, elements, pack, 0, (packed, kept) -> use.apply(packed));
  }

  /** Those of a call whose weights are constant and that has such a form. */
  static Optional<PackedWeights> of(OpCall call, Operands operands, SpatialCalls spatial) {
    if (call.op() instanceof Convolution convolution && operands.input(1).constant()) {
      return Optional.of(filters(call, convolution, operands, spatial));
    }
    return CompositeCalls.packedLinear(call, operands)
        .or(() -> RecurrentCalls.packed(call, operands));
  }

  private static PackedWeights filters(
      OpCall call, Convolution convolution, Operands operands, SpatialCalls spatial) {
    CallRecord sizes = spatial.recorder(call).orElseThrow().record(call, Optional.empty());
    long elements = sizes.scratch();
    // What the image's size and its format decide on.
    String algorithm = sizes.algorithm().orElse("");
    String form = "filters in " + convolution.geometry().groups() + " groups for " + algorithm;
    return new PackedWeights(
        1,
        form,
        elements,
        memory -> spatial.packFilters(call, operands, memory),
        memory -> spatial.packedConvolution(call, operands, memory));
  }
}
