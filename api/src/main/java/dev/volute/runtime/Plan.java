package dev.volute.runtime;

import dev.volute.spi.Backend;
import dev.volute.tensor.DType;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A graph made ready for one backend: which kernels in what order, in which bytes. Immutable, and
 * not yet bound to memory: several threads may each run an instance.
 *
 * @param compute the steps that compute the outputs; they change no variable
 * @param commit the steps that give variables their new values
 * @param inputs where the caller's inputs go
 * @param outputs where the outputs lie after {@code compute}; dense
 * @param constants buffers that are filled once
 * @param slabElements size of the slab of each element type
 */
record Plan(
    List<Step> compute,
    List<Step> commit,
    List<Place> inputs,
    List<Place> outputs,
    List<Buffer> constants,
    Map<DType, Long> slabElements) {
  Plan {
    compute = List.copyOf(compute);
    commit = List.copyOf(commit);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    constants = List.copyOf(constants);
    slabElements = new EnumMap<>(slabElements);
  }

  /**
   * Bytes that a run needs besides the variables: slab and constants. Known before anything runs.
   */
  long peakBytes() {
    long bytes = 0;
    for (Map.Entry<DType, Long> slab : slabElements.entrySet()) {
      bytes += slab.getValue() * slab.getKey().bytes();
    }
    for (Buffer constant : constants) {
      bytes += constant.elements * constant.dtype.bytes();
    }
    return bytes;
  }

  /**
   * One line a step: layer, op, operands with their format where it is not row-major, and the
   * backend's algorithm; then the memory.
   */
  String describe(Backend backend) {
    StringBuilder text = new StringBuilder();
    describe(text, compute, backend);
    describe(text.append("commit\n"), commit, backend);
    return text.append(String.format(Locale.ROOT, "peak memory %,d bytes%n", peakBytes()))
        .toString();
  }

  private static void describe(StringBuilder text, List<Step> steps, Backend backend) {
    for (Step step : steps) {
      text.append(String.format("%-32s %s ", step.path(), step.call().op()));
      text.append(step.call().signature());
      backend.algorithm(step.call()).ifPresent(algorithm -> text.append(" by ").append(algorithm));
      text.append('\n');
    }
  }
}
