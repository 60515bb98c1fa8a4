package dev.volute.conformance.asserting;

import dev.volute.conformance.reference.ViewPlaces;
import dev.volute.graph.Accumulate;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** A kernel whose runs are watched. */
final class AssertingKernel implements Kernel {
  /** What outputs hold before a run: a NaN that no operation makes. */
  private static final float DIRT = Float.intBitsToFloat(0x7FC5A5A5);

  private final OpCall call;
  private final Operands operands;
  private final Kernel kernel;
  private final List<AssertingMemory> memories = new ArrayList<>();
  private final Map<AssertingMemory, BitSet> written = new IdentityHashMap<>();
  private final Map<Operand, Tensor> constants = new IdentityHashMap<>();
  private final AtomicBoolean running = new AtomicBoolean();
  private volatile boolean closed;

  AssertingKernel(OpCall call, Operands operands, Kernel kernel) {
    this.call = call;
    this.operands = operands;
    this.kernel = kernel;
    Stream.of(operands.inputs(), operands.outputs(), operands.scratch().stream().toList())
        .flatMap(List::stream)
        .forEach(operand -> memory(operand));
    operands.outputs().forEach(this::mayWrite);
    operands.scratch().ifPresent(this::mayWrite);
    for (Operand input : operands.inputs()) {
      if (input.constant()) {
        constants.put(input, elements(input));
      }
    }
  }

  private AssertingMemory memory(Operand operand) {
    AssertingMemory memory = (AssertingMemory) operand.memory();
    if (!memories.contains(memory)) {
      memories.add(memory);
      written.put(memory, new BitSet());
    }
    return memory;
  }

  private void mayWrite(Operand operand) {
    BitSet places = written.get(memory(operand));
    for (int place : ViewPlaces.of(operand.view())) {
      places.set(place);
    }
  }

  private static Tensor elements(Operand operand) {
    Tensor all = ((AssertingMemory) operand.memory()).contents();
    int[] places = ViewPlaces.of(operand.view());
    double[] values = new double[places.length];
    for (int i = 0; i < places.length; i++) {
      values[i] = all.get(places[i]);
    }
    return Tensor.of(Shape.of(places.length), values);
  }

  @Override
  public void run() {
    require(running.compareAndSet(false, true), "is run by two threads at once");
    try {
      require(!closed, "runs after it was closed");
      require(memories.stream().noneMatch(AssertingMemory::isClosed), "runs on closed memory");
      constants.forEach(
          (operand, values) ->
              require(values.equals(elements(operand)), "meets a constant that has changed"));
      boolean[] soiled = soil();
      List<Tensor> before = memories.stream().map(AssertingMemory::contents).toList();
      kernel.run();
      for (int i = 0; i < before.size(); i++) {
        nothingElseIsWritten(memories.get(i), before.get(i));
      }
      for (int i = 0; i < soiled.length; i++) {
        if (soiled[i]) {
          everythingIsWritten(i);
        }
      }
    } finally {
      running.set(false);
    }
  }

  private void require(boolean holds, String complaint) {
    AssertingBackend.require(holds, "%s on %s %s", call.op(), call.inputs(), complaint);
  }

  /** Fills the outputs whose old contents do not count. */
  private boolean[] soil() {
    boolean[] soiled = new boolean[operands.outputs().size()];
    for (int i = 0; i < soiled.length; i++) {
      Operand output = operands.output(i);
      boolean overwrites =
          call.op().inPlace(i).isPresent()
              && operands.input(call.op().inPlace(i).getAsInt()).memory() == output.memory();
      soiled[i] =
          output.memory().dtype() == DType.F32 && !overwrites && !(call.op() instanceof Accumulate);
      if (soiled[i]) {
        Tensor dirt = Tensor.of(Shape.of(1), DIRT);
        for (int place : ViewPlaces.of(output.view())) {
          output.memory().write(place, dirt);
        }
      }
    }
    return soiled;
  }

  private void nothingElseIsWritten(AssertingMemory memory, Tensor before) {
    Tensor after = memory.contents();
    BitSet allowed = written.get(memory);
    for (int i = allowed.nextClearBit(0); i < before.length(); i = allowed.nextClearBit(i + 1)) {
      require(
          Double.compare(before.get(i), after.get(i)) == 0,
          "wrote place %d, which is not its own: %s became %s"
              .formatted(i, before.get(i), after.get(i)));
    }
  }

  private void everythingIsWritten(int index) {
    Operand output = operands.output(index);
    Tensor all = ((AssertingMemory) output.memory()).contents();
    for (int place : ViewPlaces.of(output.view())) {
      require(
          Float.floatToRawIntBits(all.floats()[place]) != Float.floatToRawIntBits(DIRT),
          "left place %d of output %d as it was".formatted(place, index));
    }
  }

  @Override
  public void close() {
    closed = true;
    kernel.close();
  }
}
