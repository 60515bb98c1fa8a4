package dev.volute.conformance.gradient;

import static dev.volute.conformance.gradient.Composite.s;

import dev.volute.conformance.planned.PlannedGraph;
import dev.volute.graph.Binary;
import dev.volute.graph.Gather;
import dev.volute.graph.MatMul;
import dev.volute.graph.Op;
import dev.volute.graph.Reduce;
import dev.volute.graph.ScatterAdd;
import dev.volute.graph.Slice;
import dev.volute.graph.Unary;
import dev.volute.graph.Value;
import dev.volute.graph.composite.AdamUpdate;
import dev.volute.graph.composite.EmbeddedRecurrent;
import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.SgdUpdate;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A function that has a gradient.
 *
 * @param title in one line
 * @param body its results in a graph
 * @param point where the gradient is taken, in double precision
 */
record Differentiable(String title, PlannedGraph.Body body, List<Tensor> point) {
  /** Composites that end a training step, and are never differentiated. */
  private static final Set<Class<? extends Op>> UPDATES = Set.of(SgdUpdate.class, AdamUpdate.class);

  /** Every op that has a gradient: primitives, views and composites. */
  static List<Differentiable> all() {
    List<Differentiable> all = new ArrayList<>();
    for (Unary.Function function : Unary.Function.values()) {
      unary(all, function);
    }
    for (Binary.Function function : Binary.Function.values()) {
      binary(all, function);
    }
    primitives(all);
    views(all);
    for (Composite composite : Composite.all()) {
      if (!UPDATES.contains(composite.op().getClass())) {
        all.add(
            new Differentiable(
                composite.toString(),
                inputs -> results(composite, composite.outputs(inputs)),
                composite.inputs()));
      }
    }
    return all;
  }

  /** A reserve belongs to the backward pass of its own sequence alone. */
  private static List<Value> results(Composite composite, List<Value> outputs) {
    boolean recurrent =
        composite.op() instanceof Recurrent || composite.op() instanceof EmbeddedRecurrent;
    return recurrent && outputs.size() > 2 ? outputs.subList(0, 2) : outputs;
  }

  private static void add(
      List<Differentiable> all, String title, List<Tensor> point, PlannedGraph.Body body) {
    all.add(new Differentiable(title, body, point));
  }

  /** The function times its argument, so that one without a slope has a gradient too. */
  private static void unary(List<Differentiable> all, Unary.Function function) {
    List<Tensor> point = away(Composite.random(s(3, 7)));
    boolean positive = function == Unary.Function.SQRT || function == Unary.Function.LOG;
    add(
        all,
        "x * " + new Unary(function).name() + "(x)",
        positive ? absolute(point) : point,
        in -> List.of(in.get(0).unary(function).multiply(in.get(0))));
  }

  /** As above, with a second argument that is repeated for every row. */
  private static void binary(List<Differentiable> all, Binary.Function function) {
    List<Tensor> point = away(Composite.random(s(3, 7), s(7)));
    add(
        all,
        "x * " + new Binary(function).name() + "(x, y)",
        function == Binary.Function.POWER ? absolute(point) : point,
        in -> List.of(in.get(0).binary(function, in.get(1)).multiply(in.get(0))));
  }

  private static void primitives(List<Differentiable> all) {
    add(
        all,
        "select",
        Composite.random(s(5), s(5), s(5)),
        in -> List.of(in.get(0).less(in.get(1)).select(in.get(1), in.get(2))));
    for (Reduce.Function function :
        List.of(Reduce.Function.SUM, Reduce.Function.MAX, Reduce.Function.MIN)) {
      for (List<Integer> axes : List.of(List.of(0), List.of(1, 2), List.of(0, 1, 2))) {
        Reduce op = new Reduce(function, axes);
        op(all, op, Composite.random(s(3, 4, 5)));
      }
    }
    op(all, new MatMul(1.5, 0), Composite.random(s(3, 4), s(4, 5)));
    op(all, new MatMul(-1, 0.5), Composite.random(s(2, 3, 4), s(2, 4, 5), s(2, 3, 5)));
    List<Tensor> table = Composite.random(s(4, 3));
    op(all, new Gather(), List.of(table.get(0), Tensor.of(s(5), 3, 0, 3, 1, 0)));
    List<Tensor> rows = Composite.random(s(5, 3));
    op(all, new ScatterAdd(4), List.of(Tensor.of(s(5), 3, 0, 3, 1, 0), rows.get(0)));
  }

  private static void op(List<Differentiable> all, Op op, List<Tensor> point) {
    all.add(
        new Differentiable(
            op + " on " + point.stream().map(Tensor::type).toList(),
            in -> in.get(0).applyAll(op, in.subList(1, in.size()).toArray(Value[]::new)),
            point));
  }

  private static void views(List<Differentiable> all) {
    Shape shape = s(3, 4, 5);
    view(all, "reshape", shape, x -> x.reshape(s(6, 10)));
    view(all, "permute", shape, x -> x.permute(List.of(2, 0, 1)));
    view(all, "slice", shape, x -> x.slice(1, 1, 3));
    view(all, "flip", shape, x -> x.flip(2));
    view(all, "broadcast", s(4, 1), x -> x.broadcast(s(3, 4, 5)));
    view(all, "overlapping windows", s(3, 11), x -> x.window(1, 4, 2, 2));
    view(all, "pad", shape, x -> x.pad(1, 2, 1, 0.5));
    add(all, "concat", Composite.random(s(2, 3), s(2, 4)), in -> List.of(Value.concat(1, in)));
    add(
        all,
        "replace",
        Composite.random(s(4, 5), s(4, 2)),
        in -> List.of(in.get(0).replace(List.of(new Slice(1, 0, 3, 2)), in.get(1))));
    add(
        all,
        "accumulate",
        Composite.random(s(4, 5), s(4, 2)),
        in -> List.of(in.get(0).accumulate(List.of(new Slice(1, 0, 3, 2)), in.get(1))));
  }

  /** Results of a view, in one function. */
  @FunctionalInterface
  private interface Seen {
    Value of(Value x);
  }

  private static void view(List<Differentiable> all, String title, Shape shape, Seen seen) {
    add(all, title, Composite.random(shape), in -> List.of(seen.of(in.get(0))));
  }

  /** At least one half away from 0, where functions are steep or have a kink. */
  private static List<Tensor> away(List<Tensor> tensors) {
    for (Tensor tensor : tensors) {
      double[] values = tensor.doubles();
      for (int i = 0; i < values.length; i++) {
        values[i] += Math.copySign(0.5, values[i]);
      }
    }
    return tensors;
  }

  private static List<Tensor> absolute(List<Tensor> tensors) {
    for (Tensor tensor : tensors) {
      double[] values = tensor.doubles();
      for (int i = 0; i < values.length; i++) {
        values[i] = Math.abs(values[i]);
      }
    }
    return tensors;
  }
}
