package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.GradientContext;
import dev.volute.graph.Op;
import dev.volute.graph.Value;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Convolution as networks have it, which is cross-correlation: {@code S(i, j) = sum over m, n of
 * I(i + m, j + n) K(m, n)}, summed over the channels of a filter's group; plus a bias for each
 * filter, and an activation.
 *
 * <p>Inputs: image {@code [batch, channels, spatial...]}, filter {@code [filters, channels /
 * groups, kernel...]}, bias {@code [filters]} if there is one, residual of the result's shape if
 * there is one. Result {@code [batch, filters, out...]}, where {@code out = (spatial + padding -
 * dilation * (kernel - 1) - 1) / stride + 1}: {@code activation(S + bias + residual)}.
 */
public record Convolution(
    ConvolutionGeometry geometry, boolean bias, boolean residual, Activation activation)
    implements Op {
  /** Without a residual. */
  public Convolution(ConvolutionGeometry geometry, boolean bias, Activation activation) {
    this(geometry, bias, false, activation);
  }

  /** The input that is added to the sum, if there is one. */
  public int residualInput() {
    return bias ? 3 : 2;
  }

  /** How many inputs there are. */
  public int inputs() {
    return residualInput() + (residual ? 1 : 0);
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, inputs());
    Arguments.floating(this, "image", inputs.get(0));
    Arguments.sameDType(this, inputs);
    Shape result = geometry.output(inputs.get(0).shape(), inputs.get(1).shape());
    if (bias) {
      Arguments.shape(this, "bias", inputs.get(2), Shape.of(result.dim(1)));
    }
    if (residual) {
      Arguments.shape(this, "residual", inputs.get(residualInput()), result);
    }
    return List.of(inputs.get(0).withShape(result));
  }

  @Override
  public void gradient(GradientContext context) {
    Value x = context.input(0);
    Value w = context.input(1);
    Value g = activation.gradient(context.output(0), context.outputGradient(0));
    if (context.wants(0)) {
      context.propagate(0, w.apply(new ConvolutionInputGradient(geometry, x.shape()), g));
    }
    if (context.wants(1)) {
      context.propagate(1, x.apply(new ConvolutionFilterGradient(geometry, w.shape()), g));
    }
    if (bias && context.wants(2)) {
      List<Integer> axes = new ArrayList<>();
      for (int axis = 0; axis < g.shape().rank(); axis++) {
        if (axis != 1) {
          axes.add(axis);
        }
      }
      context.propagate(2, g.sum(axes));
    }
    if (residual && context.wants(residualInput())) {
      context.propagate(residualInput(), g);
    }
  }

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs -> {
          Value x = inputs.get(0);
          Value w = inputs.get(1);
          Value y = new ConvolutionProducts(geometry, x.shape(), w.shape()).forward(x, w);
          if (bias) {
            Shape perFilter = Shape.of(w.shape().dim(0));
            for (int axis = 0; axis < geometry.axes(); axis++) {
              perFilter = perFilter.append(1);
            }
            y = y.add(inputs.get(2).reshape(perFilter));
          }
          if (residual) {
            y = y.add(inputs.get(residualInput()));
          }
          return List.of(activation.of(y));
        });
  }
}
