package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Machine;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;
import dev.volute.tensor.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Runs a kernel for operands in some formats where they lie in others: these are copied before or
 * behind it. For mixes that are too rare for a kernel of their own.
 *
 * <p>Scratch holds the copies, then what the kernel wants.
 */
final class FormatDetour {
  private final Machine machine;
  private final Operand memory;
  private final List<Kernel> before = new ArrayList<>();
  private final List<Kernel> after = new ArrayList<>();
  private long used;

  private FormatDetour(Operand memory, Machine machine) {
    this.memory = memory;
    this.machine = machine;
  }

  /**
   * @param kernel the call with operands in the formats that the kernel takes and gives
   * @param wanted scratch that the kernel wants
   */
  static Scratch scratch(OpCall call, OpCall kernel, Scratch wanted) {
    long elements = wanted.elements();
    for (int i = 0; i < call.inputs().size(); i++) {
      boolean same = call.inputFormat(i) == kernel.inputFormat(i);
      elements += same ? 0 : call.input(i).shape().elements();
    }
    for (int i = 0; i < call.outputs().size(); i++) {
      boolean same = call.outputFormat(i) == kernel.outputFormat(i);
      elements += same ? 0 : call.output(i).shape().elements();
    }
    return Scratch.floats(elements);
  }

  /**
   * @param kernel the call with operands in the formats that the kernel takes and gives
   * @param binding binds the kernel to such operands
   */
  static Kernel bind(
      OpCall call,
      OpCall kernel,
      Operands operands,
      Machine machine,
      Function<Operands, Kernel> binding) {
    FormatDetour detour = new FormatDetour(operands.scratch().orElse(operands.output(0)), machine);
    List<Operand> inputs = new ArrayList<>();
    for (int i = 0; i < operands.inputs().size(); i++) {
      inputs.add(detour.input(operands.input(i), call.inputFormat(i), kernel.inputFormat(i)));
    }
    List<Operand> outputs = new ArrayList<>();
    for (int i = 0; i < operands.outputs().size(); i++) {
      outputs.add(detour.output(operands.output(i), call.outputFormat(i), kernel.outputFormat(i)));
    }
    Optional<Operand> rest =
        operands
            .scratch()
            .map(
                all -> {
                  int left = Math.toIntExact(all.view().shape().elements() - detour.used);
                  long at = all.view().offset() + detour.used;
                  return detour.piece(View.dense(Shape.of(left), at));
                });
    Kernel middle =
        binding.apply(
            new Operands(
                inputs,
                outputs,
                rest,
                (constant, form, pack) ->
                    operands.packed(
                        place(constant, inputs), AutoCloseable.class, form, pack::get)));
    return () -> {
      detour.before.forEach(Kernel::run);
      middle.run();
      detour.after.forEach(Kernel::run);
    };
  }

  private static int place(Operand operand, List<Operand> inputs) {
    int place = 0;
    while (inputs.get(place) != operand) {
      place++;
    }
    return place;
  }

  private Operand input(Operand operand, MemoryFormat format, MemoryFormat wanted) {
    if (format == wanted) {
      return operand;
    }
    Operand copy = copyOf(operand, wanted);
    before.add(FormatCopy.of(operand, format, copy, wanted, machine.workers()));
    return copy;
  }

  private Operand output(Operand operand, MemoryFormat format, MemoryFormat wanted) {
    if (format == wanted) {
      return operand;
    }
    Operand copy = copyOf(operand, wanted);
    after.add(FormatCopy.of(copy, wanted, operand, format, machine.workers()));
    return copy;
  }

  private Operand copyOf(Operand operand, MemoryFormat format) {
    Shape shape = operand.view().shape();
    return piece(format.view(shape, memory.view().offset() + used));
  }

  private Operand piece(View view) {
    used += view.shape().elements();
    return new Operand(memory.memory(), view, false);
  }
}
