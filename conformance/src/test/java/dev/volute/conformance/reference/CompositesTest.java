package dev.volute.conformance.reference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.conformance.gradient.Composite;
import dev.volute.conformance.planned.PlannedGraph;
import dev.volute.conformance.wrapper.PrimitivesOnly;
import dev.volute.spi.Backend;
import dev.volute.spi.OpCall;
import dev.volute.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The oracle's composites against their lowerings. */
class CompositesTest {
  private final Backend reference = new ReferenceBackend();

  static Stream<Composite> composites() {
    return Composite.all().stream();
  }

  @ParameterizedTest
  @MethodSource("composites")
  void equalTheirLowerings(Composite composite) {
    OpCall call = OpCall.of(composite.op(), composite.inputs().stream().map(Tensor::type).toList());
    assertTrue(reference.claims(call));
    List<Tensor> claimed = PlannedGraph.run(reference, composite.inputs(), composite::outputs);
    List<Tensor> lowered =
        PlannedGraph.run(new PrimitivesOnly(reference), composite.inputs(), composite::outputs);
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
}
