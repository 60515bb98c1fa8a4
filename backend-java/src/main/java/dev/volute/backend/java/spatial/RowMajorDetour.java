package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import dev.volute.tensor.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Runs a kernel for row-major operands where some lie channels last: these are copied before or
 * behind it. For mixes that are too rare for a kernel of their own.
 *
 * <p>Scratch holds the copies, then what the kernel wants.
 */
final class RowMajorDetour {
  private final Machine machine;
  private final Operand memory;
  private final List<Kernel> before = new ArrayList<>();
  private final List<Kernel> after = new ArrayList<>();
  private long used;

  private RowMajorDetour(Operand memory, Machine machine) {
    this.memory = memory;
    this.machine = machine;
  }

  /**
   * @param wanted scratch that the kernel wants
   */
  static Scratch scratch(OpCall call, Scratch wanted) {
    return Scratch.floats(
        elements(call.inputs(), call.inputFormats())
            + elements(call.outputs(), call.outputFormats())
            + wanted.elements());
  }

  private static long elements(List<TensorType> types, List<MemoryFormat> formats) {
    long elements = 0;
    for (int i = 0; i < types.size(); i++) {
      elements +=
          formats.get(i) == MemoryFormat.CHANNELS_LAST ? types.get(i).shape().elements() : 0;
    }
    return elements;
  }

  /**
   * @param kernel binds the kernel to row-major operands
   */
  static Kernel bind(
      OpCall call, Operands operands, Machine machine, Function<Operands, Kernel> kernel) {
    RowMajorDetour detour =
        new RowMajorDetour(operands.scratch().orElse(operands.output(0)), machine);
    List<Operand> inputs = new ArrayList<>();
    for (int i = 0; i < operands.inputs().size(); i++) {
      inputs.add(detour.copied(operands.input(i), call.inputFormat(i), detour.before, true));
    }
    List<Operand> outputs = new ArrayList<>();
    for (int i = 0; i < operands.outputs().size(); i++) {
      outputs.add(detour.copied(operands.output(i), call.outputFormat(i), detour.after, false));
    }
    Optional<Operand> rest =
        operands
            .scratch()
            .map(
                all -> {
                  int left = Math.toIntExact(all.view().shape().elements() - detour.used);
                  return detour.piece(Shape.of(left), left);
                });
    Kernel middle =
        kernel.apply(
            new Operands(
                inputs,
                outputs,
                rest,
                (constant, form, pack) ->
                    operands.packed(
                        inputs.indexOf(constant), AutoCloseable.class, form, pack::get)));
    return () -> {
      detour.before.forEach(Kernel::run);
      middle.run();
      detour.after.forEach(Kernel::run);
    };
  }

  private Operand copied(
      Operand operand, MemoryFormat format, List<Kernel> copies, boolean isInput) {
    if (format == MemoryFormat.ROW_MAJOR) {
      return operand;
    }
    Shape shape = operand.view().shape();
    Operand copy = piece(shape, shape.elements());
    Floats last = Floats.of(operand, format);
    Floats rowMajor = Floats.of(copy);
    copies.add(
        isInput
            ? new PlaneCopy(shape, last, true, rowMajor, machine.workers())
            : new PlaneCopy(shape, rowMajor, false, last, machine.workers()));
    return copy;
  }

  private Operand piece(Shape shape, long elements) {
    View view = View.dense(shape, memory.view().offset() + used);
    used += elements;
    return new Operand(memory.memory(), view, false);
  }
}
