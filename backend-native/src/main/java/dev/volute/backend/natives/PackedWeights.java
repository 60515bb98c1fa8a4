package dev.volute.backend.natives;

import dev.volute.graph.composite.Convolution;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Constant weights in the forms that a kernel reads fastest, made once for all kernels of a model.
 *
 * @param kept floats that each kernel keeps for itself from one run to the next
 * @param use the call that reads the forms, with that memory if there is any
 */
record PackedWeights(
    List<Form> forms,
    long kept,
    BiFunction<List<NativeMemory>, Optional<NativeMemory>, CallRecord> use) {

  /**
   * One weight's form.
   *
   * @param input the weight that the form is kept with
   * @param name tells apart different forms of one weight
   * @param elements floats that the form takes
   * @param pack the call that writes the form
   */
  record Form(int input, Object name, long elements, Function<NativeMemory, CallRecord> pack) {}

  /** The one weight of kernels that keep nothing. */
  static PackedWeights of(Form form, Function<NativeMemory, CallRecord> use) {
    return new PackedWeights(List.of(form), 0, (packed, kept) -> use.apply(packed.get(0)));
  }

  /** Those of a call whose weights are constant and that has such a form. */
  static Optional<PackedWeights> of(OpCall call, Operands operands, SpatialCalls spatial) {
    if (call.op() instanceof Convolution convolution && operands.input(1).constant()) {
      return Optional.of(filters(call, convolution, operands, spatial));
    }
    return CompositeCalls.packedLinear(call, operands)
        .or(() -> ChainCalls.packed(call, operands))
        .or(() -> RecurrentCalls.packed(call, operands));
  }

  private static PackedWeights filters(
      OpCall call, Convolution convolution, Operands operands, SpatialCalls spatial) {
    CallRecord sizes = spatial.recorder(call).orElseThrow().record(call, Optional.empty());
    return of(
        filters(1, convolution, sizes, memory -> spatial.packFilters(call, operands, memory)),
        memory -> spatial.packedConvolution(call, operands, memory));
  }

  /**
   * A convolution's filters.
   *
   * @param sizes the record of the convolution
   */
  static Form filters(
      int input,
      Convolution convolution,
      CallRecord sizes,
      Function<NativeMemory, CallRecord> pack) {
    // What the image's size and its format decide on.
    String algorithm = sizes.algorithm().orElse("");
    return new Form(
        input,
        "filters in " + convolution.geometry().groups() + " groups for " + algorithm,
        sizes.scratch(),
        pack);
  }
}
