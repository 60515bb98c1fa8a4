package dev.volute.bench.kernel;

import dev.volute.spi.Backend;
import dev.volute.spi.BackendException;
import dev.volute.spi.Kernel;
import dev.volute.spi.Memory;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
import dev.volute.tensor.DType;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Work in memory of its own on one backend. */
final class BoundWork implements AutoCloseable {
  private final Backend backend;
  private final List<AutoCloseable> held = new ArrayList<>();
  private final Kernel kernel;

  /**
   * @throws BackendException if the backend leaves the op to its lowering
   */
  BoundWork(Backend backend, Work work) {
    this.backend = backend;
    if (!backend.claims(work.call())) {
      throw new BackendException(
          "Backend %s has no kernel for %s".formatted(backend.name(), work.call()));
    }
    List<Operand> inputs = new ArrayList<>();
    for (int i = 0; i < work.call().inputs().size(); i++) {
      Operand input =
          operand(work.call().input(i), work.call().inputFormat(i), work.constants() && i > 0);
      input.memory().write(0, work.input(i));
      inputs.add(input);
    }
    List<Operand> outputs = new ArrayList<>();
    for (int i = 0; i < work.call().outputs().size(); i++) {
      outputs.add(operand(work.call().output(i), work.call().outputFormat(i), false));
    }
    Scratch scratch = backend.scratch(work.call());
    Optional<Operand> own =
        Optional.of(scratch.elements())
            .filter(elements -> elements > 0)
            .map(elements -> room(scratch.dtype(), elements));
    kernel =
        backend.bind(
            work.call(),
            new Operands(
                inputs,
                outputs,
                own,
                (constant, form, pack) -> {
                  AutoCloseable packed = pack.get();
                  held.add(packed);
                  return packed;
                }));
    held.add(kernel);
  }

  private Operand operand(TensorType type, MemoryFormat format, boolean constant) {
    Memory memory = backend.allocate(type.dtype(), type.shape().elements());
    held.add(memory);
    memory.write(0, Tensor.zeros(type));
    return new Operand(memory, format.view(type.shape(), 0), constant);
  }

  private Operand room(DType dtype, long elements) {
    TensorType type = new TensorType(dtype, Shape.of(Math.toIntExact(elements)));
    return operand(type, MemoryFormat.ROW_MAJOR, false);
  }

  void run() {
    kernel.run();
  }

  @Override
  public void close() {
    Collections.reverse(held);
    for (AutoCloseable each : held) {
      try {
        each.close();
      } catch (Exception e) {
        throw new IllegalStateException(each + " could not be released", e);
      }
    }
  }
}
