package dev.volute.conformance.op;

import dev.volute.conformance.rule.Rule;
import dev.volute.graph.Op;
import dev.volute.spi.OpCall;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/**
 * An op with made-up operands. The same seed makes the same operands.
 *
 * @param rule what a wrong result breaks
 * @param layout of all outputs
 * @param before what the output holds before, for ops that add to it
 * @param binding how the operands lie
 * @param errors what error is allowed
 */
public record OpCase(
    Rule rule,
    Op op,
    List<Input> inputs,
    Layout layout,
    Optional<Values> before,
    Binding binding,
    ErrorModel errors,
    long seed) {

  /** One input. */
  public record Input(Shape shape, Values values, Layout layout) {
    TensorType type() {
      return new TensorType(values.dtype(), shape);
    }

    @Override
    public String toString() {
      return type()
          + (layout == Layout.DENSE ? "" : " " + layout.name().toLowerCase(java.util.Locale.ROOT));
    }
  }

  /** How operands lie in memory. */
  public enum Binding {
    /** Each in memory of its own. */
    APART,
    /** All of one element type in one memory. */
    ONE_MEMORY,
    /** Outputs in the places of inputs, where the op allows it. */
    IN_PLACE,
    /** Each in memory of its own, and the inputs are constant. */
    CONSTANT
  }

  /** The op with its types. */
  public OpCall call() {
    return OpCall.of(op, inputs.stream().map(Input::type).toList());
  }

  /** The same case with floating operands in double precision. */
  OpCase inDoublePrecision() {
    List<Input> wide =
        inputs.stream()
            .map(
                input ->
                    input.values.dtype().isFloating()
                        ? new Input(input.shape, input.values.as(DType.F64), input.layout)
                        : input)
            .toList();
    return new OpCase(rule, op, wide, layout, before, binding, errors, seed);
  }

  /** The same operands, under another rule. */
  OpCase under(Rule other) {
    return new OpCase(other, op, inputs, layout, before, binding, errors, seed);
  }

  /** What the operands hold before the op runs. */
  record Operands(List<Slot> inputs, List<Slot> outputs) {}

  /** Makes the operands. */
  Operands operands() {
    SplittableRandom random = new SplittableRandom(seed);
    List<Slot> in = new ArrayList<>();
    for (Input input : inputs) {
      in.add(Slot.input(input.values, input.layout, input.shape, random));
    }
    List<Slot> out = new ArrayList<>();
    for (TensorType type : call().outputs()) {
      OptionalInt place = place(out.size());
      if (place.isPresent()) {
        out.add(in.get(place.getAsInt()));
      } else {
        Slot slot = Slot.output(type, layout, random);
        before.ifPresent(values -> slot.fill(values.make((int) type.shape().elements(), random)));
        out.add(slot);
      }
    }
    return new Operands(in, out);
  }

  /** The input in whose place an output lies. */
  OptionalInt place(int output) {
    return binding == Binding.IN_PLACE ? op.inPlace(output) : OptionalInt.empty();
  }

  /** Op, operands and seed in one line. */
  @Override
  public String toString() {
    return "%s on %s to %s%s%s, seed %d"
        .formatted(
            op,
            inputs,
            call().outputs(),
            layout == Layout.DENSE ? "" : " " + layout.name().toLowerCase(java.util.Locale.ROOT),
            binding == Binding.APART
                ? ""
                : ", " + binding.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '),
            seed);
  }
}
