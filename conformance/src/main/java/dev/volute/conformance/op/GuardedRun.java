package dev.volute.conformance.op;

import dev.volute.spi.Backend;
import dev.volute.spi.Kernel;
import dev.volute.spi.Memory;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Binds an op to operands with guard zones around them, and reads everything back.
 *
 * <p>Use: {@link #bind}, {@link #run} as often as wanted, {@link #inputs}, {@link #outputs} and
 * {@link #scratch}, and {@link #close}.
 */
final class GuardedRun implements AutoCloseable {
  /** A slot and the memory that it lies in from {@code base} on. */
  private record Bound(Slot slot, Memory memory, long base) {
    Operand operand(boolean constant) {
      return new Operand(memory, slot.view().shifted(base), constant);
    }

    void write() {
      memory.write(base, slot.storage());
    }

    Tensor read() {
      Tensor read = Tensor.zeros(slot.storage().type());
      memory.read(base, read);
      return read;
    }
  }

  private final List<Bound> inputs = new ArrayList<>();
  private final List<Bound> outputs = new ArrayList<>();
  private Optional<Bound> scratch = Optional.empty();
  private final List<Memory> memories = new ArrayList<>();
  private final Map<Object, AutoCloseable> packed = new HashMap<>();
  private Optional<Kernel> kernel = Optional.empty();

  private GuardedRun() {}

  static GuardedRun bind(Backend backend, OpCase given, OpCase.Operands operands) {
    GuardedRun run = new GuardedRun();
    try {
      run.allocate(backend, given, operands);
      run.write();
      boolean constant = given.binding() == OpCase.Binding.CONSTANT;
      Operands bound =
          new Operands(
              run.inputs.stream().map(each -> each.operand(constant)).toList(),
              run.outputs.stream().map(each -> each.operand(false)).toList(),
              run.scratch.map(each -> each.operand(false)),
              (input, form, pack) ->
                  run.packed.computeIfAbsent(List.of(input, form), key -> pack.get()));
      run.kernel = Optional.of(backend.bind(given.call(), bound));
      return run;
    } catch (RuntimeException | Error e) {
      run.close();
      throw e;
    }
  }

  private void allocate(Backend backend, OpCase given, OpCase.Operands operands) {
    OpCall call = given.call();
    List<Slot> slots = new ArrayList<>(operands.inputs());
    for (int i = 0; i < operands.outputs().size(); i++) {
      if (given.place(i).isEmpty()) {
        slots.add(operands.outputs().get(i));
      }
    }
    Scratch wanted = backend.scratch(call);
    if (wanted.elements() > 0) {
      TensorType type =
          new TensorType(wanted.dtype(), Shape.of(Math.toIntExact(wanted.elements())));
      slots.add(Slot.scratch(type, new SplittableRandom(given.seed())));
    }
    List<Bound> places =
        given.binding() == OpCase.Binding.ONE_MEMORY
            ? together(backend, slots)
            : apart(backend, slots);
    int next = operands.inputs().size();
    inputs.addAll(places.subList(0, next));
    for (int i = 0; i < operands.outputs().size(); i++) {
      boolean own = given.place(i).isEmpty();
      outputs.add(own ? places.get(next) : inputs.get(given.place(i).getAsInt()));
      next += own ? 1 : 0;
    }
    scratch = next < places.size() ? Optional.of(places.get(next)) : Optional.empty();
  }

  private Memory memory(Backend backend, DType dtype, long elements) {
    Memory memory = backend.allocate(dtype, elements);
    memories.add(memory);
    return memory;
  }

  private List<Bound> apart(Backend backend, List<Slot> slots) {
    List<Bound> places = new ArrayList<>();
    for (Slot slot : slots) {
      places.add(
          new Bound(slot, memory(backend, slot.storage().dtype(), slot.storage().length()), 0));
    }
    return places;
  }

  private List<Bound> together(Backend backend, List<Slot> slots) {
    Map<DType, Long> lengths = new EnumMap<>(DType.class);
    slots.forEach(
        slot -> lengths.merge(slot.storage().dtype(), (long) slot.storage().length(), Long::sum));
    Map<DType, Memory> slabs = new EnumMap<>(DType.class);
    lengths.forEach((dtype, length) -> slabs.put(dtype, memory(backend, dtype, length)));
    Map<DType, Long> used = new EnumMap<>(DType.class);
    List<Bound> places = new ArrayList<>();
    for (Slot slot : slots) {
      DType dtype = slot.storage().dtype();
      long base = used.getOrDefault(dtype, 0L);
      places.add(new Bound(slot, slabs.get(dtype), base));
      used.put(dtype, base + slot.storage().length());
    }
    return places;
  }

  /** Gives every operand and the scratch their contents again. */
  void write() {
    outputs.forEach(Bound::write);
    inputs.forEach(Bound::write);
    scratch.ifPresent(Bound::write);
  }

  /** Gives the inputs other contents, and the outputs their first ones again. */
  void writeInputs(List<Slot> others) {
    outputs.forEach(Bound::write);
    for (int i = 0; i < others.size(); i++) {
      Bound place = inputs.get(i);
      place.memory().write(place.base(), others.get(i).storage());
    }
  }

  void run() {
    kernel.orElseThrow().run();
  }

  /** What the inputs' memory holds now. */
  List<Tensor> inputs() {
    return inputs.stream().map(Bound::read).toList();
  }

  List<Tensor> outputs() {
    return outputs.stream().map(Bound::read).toList();
  }

  /** What the scratch memory held before, and what it holds now; empty if there is none. */
  Optional<Map.Entry<Slot, Tensor>> scratch() {
    return scratch.map(bound -> Map.entry(bound.slot(), bound.read()));
  }

  @Override
  public void close() {
    kernel.ifPresent(Kernel::close);
    packed.values().forEach(GuardedRun::release);
    memories.forEach(Memory::close);
  }

  private static void release(AutoCloseable form) {
    try {
      form.close();
    } catch (Exception e) {
      throw new IllegalStateException("A packed form could not be closed", e);
    }
  }
}
