package dev.volute.runtime;

import dev.volute.graph.Fill;
import dev.volute.graph.Graph;
import dev.volute.graph.Node;
import dev.volute.graph.Update;
import dev.volute.graph.Value;
import dev.volute.graph.Variable;
import dev.volute.graph.ViewOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * In what order nodes run, and until when values are needed.
 *
 * @param compute nodes that change no variable, in order
 * @param commit nodes that write their outputs over the variables they update, in order, after all
 *     of {@code compute}
 */
record Schedule(
    List<Node> compute, List<Node> commit, Map<Value, Integer> lastUses, Set<Node> overwritten) {

  /** Constants that are repeated at every run because they are large would not pay their memory. */
  private static final long LARGEST_CONSTANT = 4096;

  static Schedule of(Graph graph) {
    Set<Node> needed = Rewrite.needed(graph);
    List<Node> ordered = graph.nodes().stream().filter(needed::contains).toList();
    Set<Node> inVariables = inVariables(graph, ordered);
    List<Node> compute = new ArrayList<>();
    List<Node> commit = new ArrayList<>();
    for (Node node : ordered) {
      (inVariables.contains(node) ? commit : compute).add(node);
    }
    Map<Value, Integer> lastUses = new HashMap<>();
    Set<Node> overwritten = new HashSet<>();
    int end = compute.size() + commit.size();
    graph.outputs().forEach(value -> lastUses.put(value, Integer.MAX_VALUE));
    graph.updates().values().forEach(value -> lastUses.merge(value, end, Math::max));
    // Backwards, so that a view's own readers are known when it hands its life on to what it views.
    List<Node> all = new ArrayList<>(compute);
    all.addAll(commit);
    for (int i = all.size() - 1; i >= 0; i--) {
      Node node = all.get(i);
      int use = i;
      if (node.op() instanceof ViewOp) {
        use = Math.max(i, lastUses.getOrDefault(node.outputs().get(0), i));
      }
      for (Value input : node.inputs()) {
        lastUses.merge(input, use, Math::max);
      }
      if (node.op() instanceof Update) {
        overwritten.add(node.inputs().get(0).node());
      }
    }
    return new Schedule(List.copyOf(compute), List.copyOf(commit), lastUses, overwritten);
  }

  /** Position of the last node that reads a value, itself or through views; -1 if none does. */
  int lastUse(Value value) {
    return lastUses.getOrDefault(value, -1);
  }

  /** True for a small constant that no update starts from: it can be filled once and for all. */
  boolean isNeverChanged(Node fill) {
    return fill.op() instanceof Fill constant
        && constant.type().shape().elements() <= LARGEST_CONSTANT
        && !overwritten.contains(fill);
  }

  /**
   * Nodes all of whose outputs are new values of variables, each of which the op may write over the
   * variable's present value. Every reader of those variables must come before.
   */
  private static Set<Node> inVariables(Graph graph, List<Node> ordered) {
    Map<Value, Integer> readers = Rewrite.readers(graph);
    Map<Value, Variable> updated = new HashMap<>();
    graph.updates().forEach((variable, value) -> updated.put(value, variable));
    Map<Variable, List<Node>> readersOf = new HashMap<>();
    Map<Value, Variable> seen = new HashMap<>();
    for (Node node : ordered) {
      if (node.op() instanceof Variable variable) {
        seen.put(node.outputs().get(0), variable);
      } else if (node.op() instanceof ViewOp && seen.containsKey(node.inputs().get(0))) {
        seen.put(node.outputs().get(0), seen.get(node.inputs().get(0)));
      }
      for (Value input : node.inputs()) {
        if (seen.containsKey(input)) {
          readersOf.computeIfAbsent(seen.get(input), v -> new ArrayList<>()).add(node);
        }
      }
    }
    Set<Node> candidates = new HashSet<>();
    for (Node node : ordered) {
      boolean fits = !node.outputs().isEmpty() && !node.inputs().isEmpty();
      for (Value output : node.outputs()) {
        Variable variable = updated.get(output);
        OptionalInt previous = node.op().inPlace(output.index());
        fits =
            fits
                && !(node.op() instanceof Update)
                && variable != null
                && readers.getOrDefault(output, 0) == 1
                && previous.isPresent()
                && node.inputs().get(previous.getAsInt()).node().op().equals(variable);
      }
      if (fits) {
        candidates.add(node);
      }
    }
    // A variable that two candidates read would be seen half-updated by the second: those copy
    // instead.
    Set<Node> result = new HashSet<>(candidates);
    for (Node node : candidates) {
      for (Value output : node.outputs()) {
        for (Node reader : readersOf.getOrDefault(updated.get(output), List.of())) {
          if (reader != node && candidates.contains(reader)) {
            result.remove(node);
          }
        }
      }
    }
    return result;
  }
}
