package dev.volute.conformance.asserting;

import dev.volute.conformance.reference.ViewPlaces;
import dev.volute.graph.Accumulate;
import dev.volute.spi.Memory;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.TensorType;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;

/** What a program must keep when it binds a call. */
record BindingRules(AssertingBackend backend, OpCall call, Scratch scratch) {

  void check(Operands operands) {
    require(
        operands.inputs().size() == call.inputs().size()
            && operands.outputs().size() == call.outputs().size(),
        "has %d inputs and %d outputs".formatted(call.inputs().size(), call.outputs().size()));
    for (int i = 0; i < operands.inputs().size(); i++) {
      check("input " + i, operands.input(i), call.input(i), call.inputFormat(i));
      require(
          call.inputFormat(i) == MemoryFormat.ROW_MAJOR || backend.takesChannelsLast(call, i),
          "input %d is channels last, which the backend does not take".formatted(i));
    }
    for (int i = 0; i < operands.outputs().size(); i++) {
      check("output " + i, operands.output(i), call.output(i), call.outputFormat(i));
      require(
          call.outputFormat(i) == MemoryFormat.ROW_MAJOR || backend.givesChannelsLast(call, i),
          "output %d is channels last, which the backend does not give".formatted(i));
      require(!operands.output(i).constant(), "output " + i + " is constant");
      outputIsApart(i, operands);
    }
    scratchFits(operands);
  }

  private void require(boolean holds, String complaint) {
    AssertingBackend.require(holds, "%s on %s: %s", call.op(), call.inputs(), complaint);
  }

  private void check(String what, Operand operand, TensorType type, MemoryFormat format) {
    Memory memory = AssertingMemory.of(operand, backend);
    require(
        memory.dtype() == type.dtype() && operand.view().shape().equals(type.shape()),
        "%s is %s%s, not %s".formatted(what, memory.dtype(), operand.view(), type));
    for (int place : ViewPlaces.of(operand.view())) {
      require(
          place >= 0 && place < memory.elements(),
          "%s with view %s is not inside a memory of %d"
              .formatted(what, operand.view(), memory.elements()));
    }
    require(
        call.op().lowering().isEmpty() || format.holds(operand.view()),
        "%s of a composite is not dense and %s: %s".formatted(what, format, operand.view()));
  }

  /** An output has places of its own, or exactly those of the input that the op allows. */
  private void outputIsApart(int index, Operands operands) {
    Operand output = operands.output(index);
    int[] places = ViewPlaces.of(output.view());
    BitSet own = places(output);
    require(
        own.cardinality() == places.length || call.op() instanceof Accumulate,
        "elements of output %d share places: %s".formatted(index, output.view()));
    OptionalInt allowed = call.op().inPlace(index);
    boolean inPlace = allowed.isPresent() && same(operands.input(allowed.getAsInt()), output);
    for (int i = 0; i < operands.inputs().size(); i++) {
      Operand input = operands.input(i);
      require(
          !share(input, output) || (inPlace && same(input, output)),
          "output %d and input %d share places: %s and %s"
              .formatted(index, i, output.view(), input.view()));
    }
    List<Operand> others = operands.outputs().subList(0, index);
    require(
        others.stream().noneMatch(other -> share(other, output)),
        "output %d shares places with another".formatted(index));
  }

  private static boolean same(Operand a, Operand b) {
    return a.memory() == b.memory() && a.view().equals(b.view());
  }

  private static boolean share(Operand a, Operand b) {
    return a.memory() == b.memory() && places(a).intersects(places(b));
  }

  private static BitSet places(Operand operand) {
    BitSet places = new BitSet();
    for (int place : ViewPlaces.of(operand.view())) {
      places.set(place);
    }
    return places;
  }

  private void scratchFits(Operands operands) {
    if (scratch.elements() == 0) {
      return;
    }
    require(operands.scratch().isPresent(), "has no scratch memory of " + scratch);
    Operand given = operands.scratch().get();
    Memory memory = AssertingMemory.of(given, backend);
    require(
        memory.dtype() == scratch.dtype()
            && given.view().isDense()
            && given.view().shape().elements() == scratch.elements()
            && given.view().offset() >= 0
            && given.view().offset() + scratch.elements() <= memory.elements(),
        "scratch memory is %s%s, not %s".formatted(memory.dtype(), given.view(), scratch));
    boolean apart =
        operands.inputs().stream().noneMatch(each -> share(each, given))
            && operands.outputs().stream().noneMatch(each -> share(each, given));
    require(apart, "scratch memory shares places with an operand");
  }
}
