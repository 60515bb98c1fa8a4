package dev.volute.nn;

import dev.volute.graph.Graph;
import dev.volute.graph.Node;
import dev.volute.graph.Placeholder;
import dev.volute.graph.Value;
import dev.volute.graph.Variable;
import dev.volute.graph.ViewOp;
import dev.volute.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Runs what led to a loss again, with every value in between as an output, and looks at each. */
record NonFiniteSearch(Graph graph, List<Value> watched) {

  static NonFiniteSearch of(Graph step, Value loss) {
    Set<Node> needed = new HashSet<>();
    List<Node> stack = new ArrayList<>(List.of(loss.node()));
    while (!stack.isEmpty()) {
      Node node = stack.remove(stack.size() - 1);
      if (needed.add(node)) {
        node.inputs().forEach(input -> stack.add(input.node()));
      }
    }
    List<Value> watched = new ArrayList<>();
    for (Node node : step.nodes()) {
      if (needed.contains(node) && !(node.op() instanceof ViewOp)) {
        node.outputs().stream().filter(value -> value.dtype().isFloating()).forEach(watched::add);
      }
    }
    return new NonFiniteSearch(
        new Graph(step.nodes(), step.inputs(), watched, Map.of()), List.copyOf(watched));
  }

  String run(Model model, List<Tensor> inputs) {
    Program program = model.compile(graph);
    try {
      List<Tensor> values = program.newOutputs();
      program.run(inputs, values, accepted -> false);
      for (int i = 0; i < values.size(); i++) {
        if (!finite(values.get(i))) {
          return name(watched.get(i).node());
        }
      }
      return "no layer: every value was finite when the step was run again";
    } finally {
      model.release(program);
    }
  }

  private static String name(Node node) {
    if (node.op() instanceof Variable variable) {
      return "parameter " + variable.label();
    }
    if (node.op() instanceof Placeholder input) {
      return "the " + input.label();
    }
    return node.path().isEmpty()
        ? node.op().name()
        : "layer " + node.path() + " (" + node.op().name() + ")";
  }

  private static boolean finite(Tensor tensor) {
    for (int i = 0; i < tensor.length(); i++) {
      if (!Double.isFinite(tensor.get(i))) {
        return false;
      }
    }
    return true;
  }
}
