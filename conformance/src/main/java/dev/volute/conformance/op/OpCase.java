package dev.volute.conformance.op;

import dev.volute.conformance.rule.NotApplicable;
import dev.volute.conformance.rule.Rule;
import dev.volute.graph.Op;
import dev.volute.spi.Backend;
import dev.volute.spi.OpCall;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/**
 * An op with made-up operands. The same seed makes the same operands.
 *
 * @param rule what a wrong result breaks
 * @param layouts of the outputs
 * @param before what the output holds before, for ops that add to it
 * @param binding how the operands lie
 * @param errors what error is allowed
 */
public record OpCase(
    Rule rule,
    Op op,
    List<Input> inputs,
    List<Layout> layouts,
    Optional<Values> before,
    Binding binding,
    ErrorModel errors,
    long seed) {

  /** A case all of whose outputs have the same layout. */
  OpCase(
      Rule rule,
      Op op,
      List<Input> inputs,
      Layout layout,
      Optional<Values> before,
      Binding binding,
      ErrorModel errors,
      long seed) {
    this(rule, op, inputs, layouts(op, inputs, layout), before, binding, errors, seed);
  }

  private static List<Layout> layouts(Op op, List<Input> inputs, Layout layout) {
    return Collections.nCopies(op.infer(inputs.stream().map(Input::type).toList()).size(), layout);
  }

  /** One input. */
  public record Input(Shape shape, Values values, Layout layout) {
    TensorType type() {
      return new TensorType(values.dtype(), shape);
    }

    @Override
    public String toString() {
      return type() + (layout == Layout.DENSE ? "" : " " + layout.name().toLowerCase(Locale.ROOT));
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
    return OpCall.of(op, inputs.stream().map(Input::type).toList())
        .in(
            inputs.stream().map(input -> input.layout.format()).toList(),
            layouts.stream().map(Layout::format).toList());
  }

  /** Whether an operand is of more axes than a batch and channels. */
  boolean hasChannels() {
    OpCall call = call();
    return Stream.concat(call.inputs().stream(), call.outputs().stream())
        .anyMatch(type -> type.shape().rank() > 2);
  }

  /**
   * The same case with all operands channels last that the backend takes and gives so.
   *
   * @throws NotApplicable if there are none
   */
  OpCase channelsLastFor(Backend backend) {
    return channelsLastFor(backend, index -> true);
  }

  /** The same with as many of them as it falls, and with all of them in every second case. */
  OpCase someChannelsLastFor(Backend backend) {
    SplittableRandom random = new SplittableRandom(seed);
    boolean all = random.nextBoolean();
    return channelsLastFor(backend, index -> all || random.nextBoolean());
  }

  private OpCase channelsLastFor(Backend backend, IntPredicate wanted) {
    OpCall call = call();
    if (!backend.claims(call)) {
      throw new NotApplicable("not claimed: " + this);
    }
    List<Input> newInputs = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      Input input = inputs.get(i);
      boolean last = backend.takesChannelsLast(call, i) && wanted.test(i);
      newInputs.add(last ? new Input(input.shape, input.values, Layout.CHANNELS_LAST) : input);
    }
    List<Layout> newLayouts = new ArrayList<>();
    for (int i = 0; i < layouts.size(); i++) {
      boolean last = backend.givesChannelsLast(call, i) && wanted.test(inputs.size() + i);
      newLayouts.add(last ? Layout.CHANNELS_LAST : layouts.get(i));
    }
    if (newInputs.equals(inputs) && newLayouts.equals(layouts)) {
      throw new NotApplicable("nothing is channels last: " + this);
    }
    return new OpCase(rule, op, newInputs, newLayouts, before, binding, errors, seed);
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
    return new OpCase(rule, op, wide, layouts, before, binding, errors, seed);
  }

  /** The same operands, under another rule. */
  OpCase under(Rule other) {
    return new OpCase(other, op, inputs, layouts, before, binding, errors, seed);
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
        Slot slot = Slot.output(type, layouts.get(out.size()), random);
        before.ifPresent(values -> slot.fill(values.make((int) type.shape().elements(), random)));
        out.add(slot);
      }
    }
    return new Operands(in, out);
  }

  /** The input in whose place an output lies. */
  OptionalInt place(int output) {
    OptionalInt place = binding == Binding.IN_PLACE ? op.inPlace(output) : OptionalInt.empty();
    return place.isPresent()
            && inputs.get(place.getAsInt()).layout.format() != layouts.get(output).format()
        ? OptionalInt.empty()
        : place;
  }

  /** Op, operands and seed in one line. */
  @Override
  public String toString() {
    return "%s on %s to %s%s%s, seed %d"
        .formatted(
            op,
            inputs,
            call().outputs(),
            layouts.stream().allMatch(each -> each == Layout.DENSE)
                ? ""
                : " " + layouts.toString().toLowerCase(Locale.ROOT),
            binding == Binding.APART
                ? ""
                : ", " + binding.name().toLowerCase(Locale.ROOT).replace('_', ' '),
            seed);
  }
}
