package dev.volute.runtime;

import dev.volute.spi.Backend;
import dev.volute.spi.Memory;
import dev.volute.spi.OutOfMemoryException;
import dev.volute.tensor.DType;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The slabs that the plans of a model share, and the plans' kernels bound to them. One thread uses
 * an arena at a time; concurrent predictions each take another.
 */
final class Arena {
  private final Backend backend;
  private final Map<DType, Memory> slabs = new EnumMap<>(DType.class);
  private final Map<Executable, Instance> instances = new IdentityHashMap<>();

  Arena(Backend backend) {
    this.backend = backend;
  }

  /** The executable's kernels bound to this arena, with slabs as large as its plan needs. */
  Instance instance(Executable executable) {
    Instance known = instances.get(executable);
    if (known != null) {
      return known;
    }
    reserve(executable.plan());
    Instance bound = executable.bind(slabs);
    instances.put(executable, bound);
    return bound;
  }

  private void reserve(Plan plan) {
    for (Map.Entry<DType, Long> wanted : plan.slabElements().entrySet()) {
      Memory slab = slabs.get(wanted.getKey());
      if (slab == null || slab.elements() < wanted.getValue()) {
        unbind();
        if (slab != null) {
          slab.close();
          slabs.remove(wanted.getKey());
        }
        slabs.put(wanted.getKey(), allocate(wanted.getKey(), wanted.getValue(), plan));
      }
    }
  }

  private Memory allocate(DType dtype, long elements, Plan plan) {
    if (elements > backend.maximumElements(dtype)) {
      throw new OutOfMemoryException(
          "Backend '"
              + backend.name()
              + "' has no memory of that size. "
              + need(dtype, elements, plan));
    }
    try {
      return backend.allocate(dtype, elements);
    } catch (OutOfMemoryException e) {
      throw new OutOfMemoryException(e.getMessage() + ". " + need(dtype, elements, plan), e);
    }
  }

  private static String need(DType dtype, long elements, Plan plan) {
    return String.format(
        Locale.ROOT,
        "This run needs %,d bytes besides the parameters (of which %,d for the largest slab,"
            + " %s); a smaller batch needs less",
        plan.peakBytes(),
        elements * dtype.bytes(),
        dtype);
  }

  /** Lets go of one executable's kernels. */
  void forget(Executable executable) {
    Instance instance = instances.remove(executable);
    if (instance != null) {
      instance.close();
    }
  }

  /** Lets go of the kernels that hold constants in their present values. */
  void forgetFrozen() {
    instances
        .entrySet()
        .removeIf(
            entry -> {
              if (entry.getKey().frozen()) {
                entry.getValue().close();
                return true;
              }
              return false;
            });
  }

  private void unbind() {
    instances.values().forEach(Instance::close);
    instances.clear();
  }

  void close() {
    unbind();
    slabs.values().forEach(Memory::close);
    slabs.clear();
  }
}
