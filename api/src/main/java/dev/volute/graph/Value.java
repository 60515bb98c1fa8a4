package dev.volute.graph;

import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.ShapeException;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A tensor to be computed: known by element type and shape, made by one node. Methods add nodes to
 * the graph; operands of elementwise methods are broadcast to a common shape, matched from the last
 * axis.
 */
public final class Value {
  private final Node node;
  private final int index;
  private final TensorType type;

  Value(Node node, int index, TensorType type) {
    this.node = node;
    this.index = index;
    this.type = type;
  }

  /** The node whose output this is. */
  public Node node() {
    return node;
  }

  /** Which output of the node. */
  public int index() {
    return index;
  }

  public TensorType type() {
    return type;
  }

  public DType dtype() {
    return type.dtype();
  }

  public Shape shape() {
    return type.shape();
  }

  /** The first output of an op whose first input is this value. */
  public Value apply(Op op, Value... others) {
    return applyAll(op, others).get(0);
  }

  /** All outputs of an op whose first input is this value. */
  public List<Value> applyAll(Op op, Value... others) {
    List<Value> arguments = new ArrayList<>(others.length + 1);
    arguments.add(this);
    arguments.addAll(Arrays.asList(others));
    return node.builder().apply(op, arguments);
  }

  /** A constant of this value's element type and a given shape. */
  public Value filled(Shape shape, double value) {
    return node.builder().fill(dtype(), shape, value);
  }

  /** Values that are known when the graph is built, in this value's graph. */
  public Value constant(Tensor values) {
    return node.builder().constant(values);
  }

  public Value zerosLike() {
    return filled(shape(), 0);
  }

  public Value unary(Unary.Function function) {
    return apply(new Unary(function));
  }

  public Value negate() {
    return unary(Unary.Function.NEGATE);
  }

  public Value abs() {
    return unary(Unary.Function.ABS);
  }

  public Value sign() {
    return unary(Unary.Function.SIGN);
  }

  public Value sqrt() {
    return unary(Unary.Function.SQRT);
  }

  public Value exp() {
    return unary(Unary.Function.EXP);
  }

  public Value log() {
    return unary(Unary.Function.LOG);
  }

  public Value tanh() {
    return unary(Unary.Function.TANH);
  }

  public Value sigmoid() {
    return unary(Unary.Function.SIGMOID);
  }

  public Value relu() {
    return unary(Unary.Function.RELU);
  }

  /** A binary function with broadcasting. */
  public Value binary(Binary.Function function, Value other) {
    Shape common;
    try {
      common = common(shape(), other.shape(), function);
    } catch (ShapeException e) {
      throw node.builder().located(e);
    }
    return broadcast(common).apply(new Binary(function), other.broadcast(common));
  }

  /** A binary function with a number. */
  public Value binary(Binary.Function function, double other) {
    return binary(function, filled(Shape.scalar(), other));
  }

  public Value add(Value other) {
    return binary(Binary.Function.ADD, other);
  }

  public Value add(double other) {
    return binary(Binary.Function.ADD, other);
  }

  public Value subtract(Value other) {
    return binary(Binary.Function.SUBTRACT, other);
  }

  public Value multiply(Value other) {
    return binary(Binary.Function.MULTIPLY, other);
  }

  public Value multiply(double other) {
    return binary(Binary.Function.MULTIPLY, other);
  }

  public Value divide(Value other) {
    return binary(Binary.Function.DIVIDE, other);
  }

  public Value divide(double other) {
    return binary(Binary.Function.DIVIDE, other);
  }

  public Value maximum(Value other) {
    return binary(Binary.Function.MAXIMUM, other);
  }

  public Value minimum(Value other) {
    return binary(Binary.Function.MINIMUM, other);
  }

  public Value power(Value exponent) {
    return binary(Binary.Function.POWER, exponent);
  }

  /** With this value as y = tanh(x): the gradient to x of a gradient to y. */
  public Value tanhGradient(Value gradient) {
    return binary(Binary.Function.TANH_GRADIENT, gradient);
  }

  /** With this value as y = sigmoid(x): the gradient to x of a gradient to y. */
  public Value sigmoidGradient(Value gradient) {
    return binary(Binary.Function.SIGMOID_GRADIENT, gradient);
  }

  /** With this value as y = relu(x): the gradient to x of a gradient to y. */
  public Value reluGradient(Value gradient) {
    return binary(Binary.Function.RELU_GRADIENT, gradient);
  }

  /** 1 where equal, else 0, in this value's element type. */
  public Value equal(Value other) {
    return binary(Binary.Function.EQUAL, other);
  }

  /** 1 where this is less, else 0, in this value's element type. */
  public Value less(Value other) {
    return binary(Binary.Function.LESS, other);
  }

  /** 1 where this is not more, else 0, in this value's element type. */
  public Value lessOrEqual(Value other) {
    return binary(Binary.Function.LESS_EQUAL, other);
  }

  /** With this value as condition: {@code then} where it is not 0, {@code otherwise} elsewhere. */
  public Value select(Value then, Value otherwise) {
    return apply(new Select(), then, otherwise);
  }

  /** Sum over axes, which go; negative axes count from the end. */
  public Value sum(int... axes) {
    return sum(IntStream.of(axes).boxed().toList());
  }

  /** Sum over axes, which go. */
  public Value sum(List<Integer> axes) {
    return reduce(Reduce.Function.SUM, axes);
  }

  /** A reduction over axes, which go; negative axes count from the end. */
  public Value reduce(Reduce.Function function, List<Integer> axes) {
    int rank = shape().rank();
    List<Integer> counted =
        axes.stream().map(axis -> axis < 0 ? axis + rank : axis).sorted().toList();
    return apply(new Reduce(function, counted));
  }

  /** Sum of all elements, a scalar. */
  public Value sumAll() {
    return sum(IntStream.range(0, shape().rank()).boxed().toList());
  }

  /** Mean of all elements, a scalar. */
  public Value meanAll() {
    return sumAll().divide(Math.max(1, shape().elements()));
  }

  /** Position of the largest along an axis, I32. */
  public Value argmax(int axis) {
    return reduce(Reduce.Function.ARGMAX, List.of(axis));
  }

  /** Matrix product with {@code [batch..., k, n]}. */
  public Value matmul(Value other) {
    return apply(new MatMul(1, 0), other);
  }

  /** Rows of this table. */
  public Value gather(Value indices) {
    return apply(new Gather(), indices);
  }

  public Value cast(DType dtype) {
    return dtype == dtype() ? this : apply(new Copy(dtype));
  }

  public Value reshape(Shape target) {
    return target.equals(shape()) ? this : apply(new Reshape(target));
  }

  public Value permute(List<Integer> order) {
    return apply(new Permute(order));
  }

  /** The matrix transposed: the last two axes swapped. */
  public Value transpose() {
    int rank = shape().rank();
    if (rank < 2) {
      throw node.builder()
          .located(
              new ShapeException(
                  "Only a value with two axes or more can be transposed, not " + type));
    }
    List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    order.set(rank - 1, rank - 2);
    order.set(rank - 2, rank - 1);
    return permute(order);
  }

  public Value broadcast(Shape target) {
    return target.equals(shape()) ? this : apply(new Broadcast(target));
  }

  /** Places {@code from} (inclusive) to {@code to} (exclusive) of an axis. */
  public Value slice(int axis, int from, int to) {
    int counted = axis < 0 ? axis + shape().rank() : axis;
    return apply(new Slice(counted, from, to, 1));
  }

  /** One place of an axis, which goes. */
  public Value at(int axis, int place) {
    Value slice = slice(axis, place, place + 1);
    int counted = axis < 0 ? axis + shape().rank() : axis;
    int[] kept =
        IntStream.range(0, shape().rank()).filter(i -> i != counted).map(shape()::dim).toArray();
    return slice.reshape(Shape.of(kept));
  }

  public Value flip(int axis) {
    return apply(new Flip(axis < 0 ? axis + shape().rank() : axis));
  }

  /** Sliding windows over an axis; see {@link Window}. */
  public Value window(int axis, int size, int stride, int dilation) {
    return apply(new Window(axis, size, stride, dilation));
  }

  /** This value with a part replaced. */
  public Value replace(List<ViewOp> part, Value replacement) {
    return apply(new Update(part, false), replacement);
  }

  /** This value with something added to a part, which may overlap itself. */
  public Value accumulate(List<ViewOp> part, Value addend) {
    return apply(new Update(part, true), addend);
  }

  /** This value with {@code before} and {@code after} places of {@code value} around an axis. */
  public Value pad(int axis, int before, int after, double value) {
    if (before == 0 && after == 0) {
      return this;
    }
    int length = shape().dim(axis);
    return filled(shape().with(axis, before + length + after), value)
        .replace(List.of(new Slice(axis, before, before + length, 1)), this);
  }

  /** Values behind one another along an axis; their other axes are equal. */
  public static Value concat(int axis, List<Value> values) {
    Value first = values.get(0);
    int length = values.stream().mapToInt(value -> value.shape().dim(axis)).sum();
    Value result = first.filled(first.shape().with(axis, length), 0);
    int from = 0;
    for (Value value : values) {
      int to = from + value.shape().dim(axis);
      result = result.replace(List.of(new Slice(axis, from, to, 1)), value);
      from = to;
    }
    return result;
  }

  private static Shape common(Shape a, Shape b, Binary.Function function) {
    int rank = Math.max(a.rank(), b.rank());
    int[] lengths = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int x = i <= a.rank() ? a.dim(-i) : 1;
      int y = i <= b.rank() ? b.dim(-i) : 1;
      Arguments.require(
          x == y || x == 1 || y == 1,
          "%s: %s and %s do not fit: matched from the last axis, lengths must be equal or 1",
          new Binary(function).name(),
          a,
          b);
      lengths[rank - i] = x == 1 ? y : x;
    }
    return Shape.of(lengths);
  }

  @Override
  public String toString() {
    return "%" + node.id() + (node.outputs().size() > 1 ? "." + index : "") + ":" + type;
  }
}
