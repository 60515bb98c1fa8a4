package dev.volute.runtime;

import dev.volute.graph.Variable;
import dev.volute.spi.Backend;
import dev.volute.spi.Memory;
import dev.volute.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The variables of one model, each in memory of its own. */
final class Variables {
  private final Backend backend;
  private final Map<Variable, Memory> memories = new LinkedHashMap<>();

  Variables(Backend backend) {
    this.backend = backend;
  }

  void define(Variable variable, Tensor value) {
    if (memories.containsKey(variable)) {
      throw new IllegalStateException("Variable " + variable.label() + " is defined already");
    }
    Memory memory = backend.allocate(variable.type().dtype(), variable.type().shape().elements());
    memories.put(variable, memory);
    memory.write(0, value);
  }

  boolean isDefined(Variable variable) {
    return memories.containsKey(variable);
  }

  Memory memory(Variable variable) {
    Memory memory = memories.get(variable);
    if (memory == null) {
      throw new IllegalStateException("Variable " + variable.label() + " is not defined");
    }
    return memory;
  }

  Tensor read(Variable variable) {
    Tensor value = Tensor.zeros(variable.type());
    memory(variable).read(0, value);
    return value;
  }

  void write(Variable variable, Tensor value) {
    memory(variable).write(0, value);
  }

  void remove(Variable variable) {
    Memory memory = memories.remove(variable);
    if (memory != null) {
      memory.close();
    }
  }

  List<Variable> all() {
    return List.copyOf(memories.keySet());
  }

  long bytes() {
    return memories.keySet().stream().mapToLong(variable -> variable.type().bytes()).sum();
  }

  void close() {
    memories.values().forEach(Memory::close);
    memories.clear();
  }
}
