package dev.volute.bench.kernel;

import dev.volute.graph.Op;
import dev.volute.random.Philox;
import dev.volute.spi.Backend;
import dev.volute.spi.OpCall;
import dev.volute.tensor.DType;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * An op with random numbers for it, the same in every run.
 *
 * @param low least floating-point number drawn
 * @param high bound of the floating-point numbers drawn
 * @param indices integers are drawn from 0 to {@code indices - 1}
 * @param constants the inputs from 1 on are constant, as weights are in predictions
 */
record Work(OpCall call, double low, double high, int indices, boolean constants) {
  private static final long SEED = 1;

  /** Numbers between 0 and 1. */
  static Work of(Op op, TensorType... inputs) {
    return new Work(OpCall.of(op, List.of(inputs)), 0, 1, 1, false);
  }

  Work between(double least, double bound) {
    return new Work(call, least, bound, indices, constants);
  }

  Work indicesBelow(int bound) {
    return new Work(call, low, high, bound, constants);
  }

  Work withConstants() {
    return new Work(call, low, high, indices, true);
  }

  /** The same with all operands in a format that a backend takes and gives them in. */
  Work in(MemoryFormat format, Backend backend) {
    boolean last = format == MemoryFormat.CHANNELS_LAST && backend.claims(call);
    List<MemoryFormat> inputs =
        formats(call.inputs().size(), i -> last && backend.takesChannelsLast(call, i));
    List<MemoryFormat> outputs =
        formats(call.outputs().size(), i -> last && backend.givesChannelsLast(call, i));
    return new Work(call.in(inputs, outputs), low, high, indices, constants);
  }

  private static List<MemoryFormat> formats(int count, IntPredicate last) {
    return IntStream.range(0, count)
        .mapToObj(i -> last.test(i) ? MemoryFormat.CHANNELS_LAST : MemoryFormat.ROW_MAJOR)
        .toList();
  }

  /** An input's numbers in the order in which they lie. */
  Tensor input(int number) {
    Tensor values = Tensor.zeros(call.input(number));
    Philox random = new Philox(SEED, number, 0);
    if (values.dtype() == DType.I32) {
      Arrays.setAll(values.ints(), i -> random.integer(i, indices));
    } else {
      float[] floats = values.floats();
      random.uniforms(floats, 0, floats.length);
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) (low + floats[i] * (high - low));
      }
    }
    return values;
  }
}
