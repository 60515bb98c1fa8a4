package dev.volute.conformance.gradient;

import dev.volute.conformance.planned.PlannedGraph;
import dev.volute.conformance.reference.ReferenceBackend;
import dev.volute.conformance.rule.CheckList;
import dev.volute.conformance.rule.NotApplicable;
import dev.volute.conformance.rule.Rule;
import dev.volute.conformance.rule.Subject;
import dev.volute.conformance.rule.Violation;
import dev.volute.graph.Accumulate;
import dev.volute.graph.Binary;
import dev.volute.graph.Copy;
import dev.volute.graph.Fill;
import dev.volute.graph.Gather;
import dev.volute.graph.Gradients;
import dev.volute.graph.MatMul;
import dev.volute.graph.Op;
import dev.volute.graph.Reduce;
import dev.volute.graph.ScatterAdd;
import dev.volute.graph.Select;
import dev.volute.graph.Unary;
import dev.volute.graph.Value;
import dev.volute.spi.Backend;
import dev.volute.spi.OpCall;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Each op's gradient rule, run on the backend, against central differences that the reference takes
 * in double precision.
 */
public final class GradientChecks {
  /** Half the distance of the two points of a difference. */
  private static final double STEP = 1e-5;

  /** Of each input about so many elements are moved. */
  private static final int ELEMENTS = 7;

  private GradientChecks() {}

  public static void addTo(CheckList checks) {
    for (Differentiable function : Differentiable.all()) {
      checks.add(Rule.GRAD_1, function.title(), subject -> single(function, subject));
      checks.add(Rule.GRAD_2, function.title(), subject -> inDoublePrecision(function, subject));
    }
  }

  private static void single(Differentiable function, Subject subject) {
    compare(Rule.GRAD_1, function, DType.F32, 0x1p-14, subject.backend());
  }

  private static void inDoublePrecision(Differentiable function, Subject subject) {
    if (!claimsDoubles(subject.backend())) {
      throw new NotApplicable("the primitives are not claimed in double precision");
    }
    compare(Rule.GRAD_2, function, DType.F64, 1e-7, subject.backend());
  }

  private static boolean claimsDoubles(Backend backend) {
    TensorType x = new TensorType(DType.F64, Shape.of(2, 2));
    TensorType index = TensorType.i32(2);
    return claims(backend, new Fill(0, x))
        && claims(backend, new Copy(DType.F64), x)
        && claims(backend, new Accumulate(), x)
        && Arrays.stream(Unary.Function.values()).allMatch(f -> claims(backend, new Unary(f), x))
        && Arrays.stream(Binary.Function.values())
            .allMatch(f -> claims(backend, new Binary(f), x, x))
        && Arrays.stream(Reduce.Function.values())
            .allMatch(f -> claims(backend, new Reduce(f, List.of(0)), x))
        && claims(backend, new Select(), x, x, x)
        && claims(backend, new MatMul(1, 0), x, x)
        && claims(backend, new MatMul(1, 1), x, x, x)
        && claims(backend, new Gather(), x, index)
        && claims(backend, new ScatterAdd(3), index, x);
  }

  private static boolean claims(Backend backend, Op op, TensorType... inputs) {
    return backend.claims(OpCall.of(op, List.of(inputs)));
  }

  /** The sum of the results, each element with a weight of its own. */
  private static Value weighted(List<Value> results) {
    List<Value> sums = new ArrayList<>();
    for (Value result : results) {
      if (result.dtype().isFloating()) {
        double[] weights =
            IntStream.range(0, (int) result.shape().elements())
                .mapToDouble(i -> Math.sin(3 * i + sums.size() + 1))
                .toArray();
        Tensor constant = Tensor.of(result.shape(), weights).cast(result.dtype());
        sums.add(result.multiply(result.constant(constant)).sumAll());
      }
    }
    return sums.stream().reduce(Value::add).orElseThrow();
  }

  private static List<Tensor> cast(List<Tensor> tensors, DType dtype) {
    return tensors.stream()
        .map(each -> each.dtype().isFloating() ? each.cast(dtype) : each)
        .toList();
  }

  /**
   * @param tolerance as a share of the largest element of an input's gradient, or of 1
   */
  private static void compare(
      Rule rule, Differentiable function, DType dtype, double tolerance, Backend backend) {
    List<Tensor> given = cast(function.point(), dtype);
    List<Integer> floating =
        IntStream.range(0, given.size())
            .filter(i -> given.get(i).dtype().isFloating())
            .boxed()
            .toList();
    List<Tensor> gradients =
        PlannedGraph.run(
            backend,
            given,
            inputs ->
                Gradients.of(
                    weighted(function.body().build(inputs)),
                    floating.stream().map(inputs::get).toList()));
    List<Tensor> point = cast(given, DType.F64);
    try (ReferenceBackend reference = new ReferenceBackend();
        PlannedGraph loss =
            new PlannedGraph(
                reference,
                point.stream().map(Tensor::type).toList(),
                inputs -> List.of(weighted(function.body().build(inputs))))) {
      for (int k = 0; k < floating.size(); k++) {
        compare(rule, function, gradients.get(k), floating.get(k), point, tolerance, loss);
      }
    }
  }

  private static void compare(
      Rule rule,
      Differentiable function,
      Tensor gradient,
      int input,
      List<Tensor> point,
      double tolerance,
      PlannedGraph loss) {
    double largest = 1;
    for (int i = 0; i < gradient.length(); i++) {
      largest = Math.max(largest, Math.abs(gradient.get(i)));
    }
    double[] values = point.get(input).doubles();
    for (int i = 0; i < values.length; i += 1 + values.length / ELEMENTS) {
      double kept = values[i];
      values[i] = kept + STEP;
      double above = loss.run(point).get(0).get(0);
      values[i] = kept - STEP;
      double below = loss.run(point).get(0).get(0);
      values[i] = kept;
      double expected = (above - below) / (2 * STEP);
      if (!(Math.abs(gradient.get(i) - expected) <= tolerance * largest)) {
        throw new Violation(
            rule,
            "%s%ngradient to input %d of %s, element %d: expected %s, got %s, allowed error %s"
                .formatted(
                    function.title(),
                    input,
                    gradient.type(),
                    i,
                    expected,
                    gradient.get(i),
                    tolerance * largest));
      }
    }
  }
}
