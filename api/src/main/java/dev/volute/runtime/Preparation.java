package dev.volute.runtime;

import dev.volute.graph.Constant;
import dev.volute.graph.Fill;
import dev.volute.graph.Graph;
import dev.volute.graph.GraphBuilder;
import dev.volute.graph.Node;
import dev.volute.graph.Placeholder;
import dev.volute.graph.Value;
import dev.volute.graph.Variable;
import dev.volute.graph.ViewOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A graph that changes no variable, cut in two: what depends on variables alone is computed once
 * for their present values and kept; what depends on inputs too is computed at every run.
 *
 * @param once give the kept variables their values, layer by layer; without inputs and outputs
 * @param each reads the kept variables
 * @param kept what {@code once} computes
 */
record Preparation(List<Graph> once, Graph each, List<Variable> kept) {

  /**
   * The two parts; empty if nothing is worth keeping.
   *
   * @param newName makes a variable's name of the path of the layer that it is for
   */
  static Optional<Preparation> of(Graph graph, UnaryOperator<String> newName) {
    Set<Value> fixed = fixed(graph);
    Map<Value, Variable> kept = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      boolean atEachRun = !node.outputs().isEmpty() && !fixed.contains(node.outputs().get(0));
      if (atEachRun) {
        node.inputs().forEach(input -> keep(input, fixed, kept, newName));
      }
    }
    graph.outputs().forEach(output -> keep(output, fixed, kept, newName));
    if (kept.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Map<Variable, Value>> byLayer = new LinkedHashMap<>();
    kept.forEach(
        (value, variable) ->
            byLayer
                .computeIfAbsent(value.node().path(), path -> new LinkedHashMap<>())
                .put(variable, value));
    List<Graph> once =
        byLayer.values().stream()
            .map(updates -> new Graph(graph.nodes(), List.of(), List.of(), updates))
            .toList();
    return Optional.of(new Preparation(once, withKept(graph, kept), List.copyOf(kept.values())));
  }

  private static void keep(
      Value value, Set<Value> fixed, Map<Value, Variable> kept, UnaryOperator<String> newName) {
    Value source = source(value);
    if (fixed.contains(source) && isComputed(source.node())) {
      kept.computeIfAbsent(source, v -> new Variable(newName.apply(v.node().path()), v.type()));
    }
  }

  /** What a chain of views looks at. */
  private static Value source(Value value) {
    Value source = value;
    while (source.node().op() instanceof ViewOp) {
      source = source.node().inputs().get(0);
    }
    return source;
  }

  private static boolean isComputed(Node node) {
    return !(node.op() instanceof Variable
        || node.op() instanceof Constant
        || node.op() instanceof Fill);
  }

  /** Values that depend on no input, and on a variable. */
  private static Set<Value> fixed(Graph graph) {
    Set<Value> fixed = new HashSet<>();
    Set<Value> constant = new HashSet<>();
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Placeholder) {
        continue;
      }
      boolean known =
          node.inputs().stream().allMatch(v -> fixed.contains(v) || constant.contains(v));
      boolean variable =
          node.op() instanceof Variable || node.inputs().stream().anyMatch(fixed::contains);
      if (known) {
        (variable ? fixed : constant).addAll(node.outputs());
      }
    }
    return fixed;
  }

  private static Graph withKept(Graph graph, Map<Value, Variable> kept) {
    GraphBuilder builder = new GraphBuilder();
    Map<Value, Value> renamed = new HashMap<>();
    for (Value input : graph.inputs()) {
      Placeholder placeholder = (Placeholder) input.node().op();
      renamed.put(input, builder.input(placeholder.label(), placeholder.type()));
    }
    for (Node node : graph.nodes()) {
      if (node.op() instanceof Placeholder) {
        continue;
      }
      List<Value> inputs = new ArrayList<>();
      node.inputs().forEach(input -> inputs.add(renamed.get(input)));
      List<Value> outputs =
          builder.at(
              node.path(),
              () ->
                  node.op() instanceof Variable variable
                      ? List.of(builder.variable(variable))
                      : builder.apply(node.op(), inputs));
      for (int i = 0; i < outputs.size(); i++) {
        Variable keptVariable = kept.get(node.outputs().get(i));
        renamed.put(
            node.outputs().get(i),
            keptVariable == null ? outputs.get(i) : builder.variable(keptVariable));
      }
    }
    return builder.build(graph.outputs().stream().map(renamed::get).toList(), Map.of());
  }
}
