package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.GradientContext;
import dev.volute.graph.Op;
import dev.volute.graph.Value;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Batch normalisation with the batch's own statistics: {@code y = activation(gamma * (x - mean) /
 * sqrt(variance + epsilon) + beta + residual)} for each channel (Ioffe and Szegedy, 2015).
 *
 * <p>Inputs: x {@code [batch, channels, spatial...]}, gamma and beta {@code [channels]}, residual
 * of x's shape if there is one. Outputs: y of x's shape; mean and variance {@code [channels]} over
 * all axes but the second, the variance biased (divided by the number of elements).
 */
public record BatchNormTraining(double epsilon, boolean residual, Activation activation)
    implements Op {
  /** The input that is added to what is normalised, if there is one. */
  public static final int RESIDUAL_INPUT = 3;

  /** Without a residual. */
  public BatchNormTraining(double epsilon, Activation activation) {
    this(epsilon, false, activation);
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, residual ? 4 : 3);
    TensorType perChannel = perChannel(this, inputs.subList(0, RESIDUAL_INPUT), 1);
    if (residual) {
      Arguments.sameDType(this, inputs);
      Arguments.shape(this, "residual", inputs.get(RESIDUAL_INPUT), inputs.get(0).shape());
    }
    return List.of(inputs.get(0), perChannel, perChannel);
  }

  /** Checks that the inputs from {@code from} on have one element for each channel of the first. */
  static TensorType perChannel(Op op, List<TensorType> inputs, int from) {
    TensorType x = inputs.get(0);
    Arguments.floating(op, "input", x);
    Arguments.require(
        x.shape().rank() >= 2, "%s needs [batch, channels, ...], not %s", op.name(), x);
    TensorType perChannel = x.withShape(Shape.of(x.shape().dim(1)));
    for (TensorType type : inputs.subList(from, inputs.size())) {
      Arguments.require(
          type.equals(perChannel),
          "%s of %s needs %s for its channels, not %s",
          op.name(),
          x,
          perChannel,
          type);
    }
    return perChannel;
  }

  @Override
  public void gradient(GradientContext context) {
    if (context.hasOutputGradient(1) || context.hasOutputGradient(2)) {
      context.throughLowering();
      return;
    }
    Value g = activation.gradient(context.output(0), context.outputGradient(0));
    List<Value> gradients =
        context
            .input(0)
            .applyAll(
                new BatchNormGradient(epsilon),
                context.input(1),
                context.output(1),
                context.output(2),
                g);
    for (int i = 0; i < 3; i++) {
      context.propagate(i, gradients.get(i));
    }
    if (residual && context.wants(RESIDUAL_INPUT)) {
      context.propagate(RESIDUAL_INPUT, g);
    }
  }

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs -> {
          Value x = inputs.get(0);
          List<Integer> axes = withoutChannels(x.shape());
          double count = elements(x.shape());
          Value mean = x.sum(axes).divide(count);
          Value centred = x.subtract(alongChannels(mean, x.shape()));
          Value variance = centred.multiply(centred).sum(axes).divide(count);
          Value y = normalised(x, inputs.get(1), inputs.get(2), mean, variance, epsilon);
          if (residual) {
            y = y.add(inputs.get(RESIDUAL_INPUT));
          }
          return List.of(activation.of(y), mean, variance);
        });
  }

  /** {@code gamma * (x - mean) / sqrt(variance + epsilon) + beta}. */
  static Value normalised(
      Value x, Value gamma, Value beta, Value mean, Value variance, double epsilon) {
    Value scale = gamma.divide(variance.add(epsilon).sqrt());
    return x.subtract(alongChannels(mean, x.shape()))
        .multiply(alongChannels(scale, x.shape()))
        .add(alongChannels(beta, x.shape()));
  }

  /** All axes but the second. */
  static List<Integer> withoutChannels(Shape shape) {
    return IntStream.range(0, shape.rank()).filter(axis -> axis != 1).boxed().toList();
  }

  /** Elements of one channel. */
  static double elements(Shape shape) {
    return withoutChannels(shape).stream().mapToDouble(shape::dim).reduce(1, (a, b) -> a * b);
  }

  /** A value for each channel, in a shape that broadcasts to {@code shape}. */
  static Value alongChannels(Value perChannel, Shape shape) {
    Shape target = perChannel.shape();
    for (int axis = 2; axis < shape.rank(); axis++) {
      target = target.append(1);
    }
    return perChannel.reshape(target);
  }
}
