package dev.volute.conformance.broken;

import dev.volute.conformance.reference.ReferenceBackend;
import dev.volute.conformance.rule.Rule;
import dev.volute.graph.Unary;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendException;
import dev.volute.spi.ForwardingBackend;
import dev.volute.spi.Memory;
import dev.volute.tensor.DType;
import dev.volute.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Flaws of a backend's memory. */
final class MemoryMutants {
  private MemoryMutants() {}

  static List<Mutant> all() {
    List<Mutant> all = new ArrayList<>();
    memory(all);
    return all;
  }

  /** A backend whose memories are wrapped. */
  private static Backend withMemory(UnaryOperator<Memory> wrapping) {
    return new ForwardingBackend(new ReferenceBackend()) {
      @Override
      public Memory allocate(DType dtype, long elements) {
        return wrapping.apply(super.allocate(dtype, elements));
      }
    };
  }

  private static void memory(List<Mutant> all) {
    all.add(
        Mutant.of(
            "memory that flushes small numbers",
            Rule.MEM_5,
            threads ->
                withMemory(
                    memory ->
                        new WrongMemory(memory) {
                          @Override
                          public void read(long offset, Tensor target) {
                            super.read(offset, target);
                            if (target.dtype() == DType.F32) {
                              flush(target.floats());
                            }
                          }
                        })));
    all.add(
        Mutant.of(
            "memory that writes from its beginning",
            Rule.MEM_5,
            threads ->
                withMemory(
                    memory ->
                        new WrongMemory(memory) {
                          @Override
                          public void write(long offset, Tensor source) {
                            super.write(0, source);
                          }
                        })));
    all.add(
        Mutant.of(
            "memory that ignores ranges",
            Rule.MEM_6,
            threads ->
                withMemory(
                    memory ->
                        new WrongMemory(memory) {
                          @Override
                          public void read(long offset, Tensor target) {
                            super.read(Math.floorMod(offset, 2), target);
                          }
                        })));
    all.add(
        Mutant.of(
            "memory that stays readable when closed",
            Rule.MEM_7,
            threads ->
                withMemory(
                    memory ->
                        new WrongMemory(memory) {
                          @Override
                          public void close() {}
                        })));
    all.add(
        Mutant.of(
            "memory that cannot be closed twice",
            Rule.MEM_7,
            threads -> withMemory(CloseOnce::new)));
    all.add(
        Mutant.of(
            "memory that is smaller than asked for",
            Rule.MEM_8,
            threads ->
                new ForwardingBackend(new ReferenceBackend()) {
                  @Override
                  public Memory allocate(DType dtype, long elements) {
                    return super.allocate(dtype, Math.min(elements, 1 << 20));
                  }
                }));
    List<Memory> kept = new ArrayList<>();
    all.add(
        Mutant.of(
            "memory that is never given back",
            Rule.MEM_9,
            threads ->
                withMemory(
                    memory -> {
                      kept.add(memory);
                      return memory;
                    })));
    List<float[]> logs = new ArrayList<>();
    all.add(
        Mutant.of(
            "a kernel that keeps something of every run",
            Rule.MEM_9,
            threads ->
                new BrokenBackend(
                    new ReferenceBackend(),
                    Spoiler.after(Unary.class, (op, operands) -> logs.add(new float[1024])))));
  }

  private static void flush(float[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(values[i]) < Float.MIN_NORMAL ? 0 : values[i];
    }
  }

  /** Memory that does most things right. */
  private abstract static class WrongMemory implements Memory {
    private final Memory memory;

    WrongMemory(Memory memory) {
      this.memory = memory;
    }

    @Override
    public DType dtype() {
      return memory.dtype();
    }

    @Override
    public long elements() {
      return memory.elements();
    }

    @Override
    public void write(long offset, Tensor source) {
      memory.write(offset, source);
    }

    @Override
    public void read(long offset, Tensor target) {
      memory.read(offset, target);
    }

    @Override
    public void close() {
      memory.close();
    }
  }

  private static final class CloseOnce extends WrongMemory {
    private boolean closed;

    CloseOnce(Memory memory) {
      super(memory);
    }

    @Override
    public void close() {
      if (closed) {
        throw new BackendException("closed already");
      }
      closed = true;
      super.close();
    }
  }
}
