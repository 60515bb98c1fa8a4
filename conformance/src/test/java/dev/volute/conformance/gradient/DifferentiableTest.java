package dev.volute.conformance.gradient;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.volute.conformance.planned.PlannedGraph;
import dev.volute.conformance.reference.ReferenceBackend;
import dev.volute.graph.Gradients;
import dev.volute.graph.Graph;
import dev.volute.graph.GraphBuilder;
import dev.volute.graph.Op;
import dev.volute.graph.Value;
import dev.volute.graph.composite.AdamUpdate;
import dev.volute.graph.composite.SgdUpdate;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DifferentiableTest {
  private static final Path OPS = Path.of("..", "api", "src", "main", "java", "dev", "volute");

  /** Ops that nothing differentiates: they have no inputs, or they end a training step. */
  private static final Set<String> WITHOUT_GRADIENT =
      Set.of(
          "Constant",
          "Variable",
          "RandomUniform",
          AdamUpdate.class.getSimpleName(),
          SgdUpdate.class.getSimpleName());

  /** Ops that only plans make, of those that graphs have, and one that rounds; see below. */
  private static final Set<String> OTHERS = Set.of("Accumulate", "Identity", "Copy");

  @Test
  void castsHandTheGradientBackInTheInputsType() {
    Tensor x = Tensor.of(Shape.of(3), 1f, -2f, 0.3f);
    Tensor gradient =
        PlannedGraph.run(
                new ReferenceBackend(),
                List.of(x),
                in -> {
                  Value wide = in.get(0).cast(DType.F64);
                  return Gradients.of(wide.multiply(wide).multiply(0.75).sumAll(), in);
                })
            .get(0);
    assertEquals(Tensor.of(Shape.of(3), 1.5f, -3f, (float) (1.5 * 0.3f)), gradient);
  }

  @Test
  void everyOpIsDifferentiated() throws IOException {
    Set<String> met = new TreeSet<>();
    for (Differentiable function : Differentiable.all()) {
      GraphBuilder builder = new GraphBuilder();
      List<Value> inputs = new ArrayList<>();
      function.point().forEach(each -> inputs.add(builder.input("x", each.type())));
      Graph graph = builder.build(function.body().build(inputs), Map.of());
      graph.nodes().forEach(node -> met.add(node.op().getClass().getSimpleName()));
    }
    met.addAll(WITHOUT_GRADIENT);
    met.addAll(OTHERS);
    Set<String> missing = new TreeSet<>(declared());
    missing.removeAll(met);
    assertEquals(Set.of(), missing);
  }

  /** The records in the packages of ops that implement {@link Op}. */
  private static Set<String> declared() throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.walk(OPS.resolve("graph"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
        String name = file.getFileName().toString().replace(".java", "");
        String text = Files.readString(file);
        if (text.matches("(?s).*record " + name + "\\b.*implements (Op|ViewOp)\\b.*")) {
          names.add(name);
        }
      }
    }
    return names;
  }
}
