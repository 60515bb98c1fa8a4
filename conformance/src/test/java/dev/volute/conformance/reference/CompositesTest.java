package dev.volute.conformance.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.conformance.wrapper.PrimitivesOnly;
import dev.volute.graph.Gradients;
import dev.volute.graph.Value;
import dev.volute.graph.composite.Recurrent;
import dev.volute.spi.Backend;
import dev.volute.spi.OpCall;
import dev.volute.tensor.DType;
import dev.volute.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The oracle's composites against their lowerings, and the gradient rules against quotients. */
class CompositesTest {
  private final Backend reference = new ReferenceBackend();

  static Stream<Composite> composites() {
    return Composite.all().stream();
  }

  static Stream<Composite> differentiable() {
    return composites().filter(each -> !each.op().getClass().getSimpleName().endsWith("Update"));
  }

  @ParameterizedTest
  @MethodSource("composites")
  void equalTheirLowerings(Composite composite) {
    OpCall call = OpCall.of(composite.op(), composite.inputs().stream().map(Tensor::type).toList());
    assertTrue(reference.claims(call));
    List<Tensor> claimed = composite.run(reference);
    List<Tensor> lowered = composite.run(new PrimitivesOnly(reference));
    for (int output = 0; output < claimed.size(); output++) {
      assertEquals(lowered.get(output).type(), claimed.get(output).type());
      for (int i = 0; i < claimed.get(output).length(); i++) {
        double expected = lowered.get(output).get(i);
        assertEquals(
            expected,
            claimed.get(output).get(i),
            1e-12 * Math.max(1, Math.abs(expected)),
            "output " + output + " at " + i);
      }
    }
  }

  /** The sum of the outputs, each element with a weight of its own. */
  private static Value weighted(List<Value> outputs) {
    List<Value> sums = new ArrayList<>();
    for (Value output : outputs) {
      if (output.dtype().isFloating()) {
        double[] weights =
            IntStream.range(0, (int) output.shape().elements())
                .mapToDouble(i -> Math.sin(3 * i + sums.size() + 1))
                .toArray();
        sums.add(output.multiply(output.constant(Tensor.of(output.shape(), weights))).sumAll());
      }
    }
    return sums.stream().reduce(Value::add).orElseThrow();
  }

  /** A reserve belongs to the backward pass of its own sequence alone. */
  private static List<Value> smooth(Composite composite, List<Value> outputs) {
    boolean recurrent = composite.op() instanceof Recurrent;
    return recurrent && outputs.size() > 2 ? outputs.subList(0, 2) : outputs;
  }

  @ParameterizedTest
  @MethodSource("differentiable")
  void gradientsEqualDifferenceQuotients(Composite composite) {
    List<Tensor> point = composite.inputs();
    List<Integer> floating =
        IntStream.range(0, point.size())
            .filter(i -> point.get(i).dtype() == DType.F64)
            .boxed()
            .toList();
    List<Tensor> gradients =
        composite.run(
            reference,
            point,
            outputs -> {
              List<Value> arguments = outputs.get(0).node().inputs();
              return Gradients.of(
                  weighted(smooth(composite, outputs)),
                  floating.stream().map(arguments::get).toList());
            });
    for (int k = 0; k < floating.size(); k++) {
      double[] values = point.get(floating.get(k)).doubles();
      for (int i = 0; i < values.length; i += 1 + values.length / 7) {
        double kept = values[i];
        double h = 1e-5;
        values[i] = kept + h;
        double above = loss(composite);
        values[i] = kept - h;
        double below = loss(composite);
        values[i] = kept;
        assertEquals(
            (above - below) / (2 * h),
            gradients.get(k).get(i),
            1e-7 * Math.max(1, Math.abs(gradients.get(k).get(i))),
            "input " + floating.get(k) + " at " + i);
      }
    }
  }

  private double loss(Composite composite) {
    return composite
        .run(
            reference, composite.inputs(), outputs -> List.of(weighted(smooth(composite, outputs))))
        .get(0)
        .get(0);
  }
}
