package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.GradientContext;
import dev.volute.graph.Op;
import dev.volute.graph.Value;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.Optional;

/**
 * The gradient of a {@link Convolution} to its image, also known as transposed convolution; plus
 * another gradient to that image, and through the activation whose result the image is. Plans join
 * these where several gradients add up, as at a residual connection.
 *
 * <p>Inputs: filter {@code [filters, channels / groups, kernel...]}; gradient {@code [batch,
 * filters, out...]}; the residual, of {@code image}'s shape, if there is one; and with an
 * activation its result, of that shape too. Output {@code [batch, channels, spatial...]}, which is
 * {@code image}'s shape. With the convolution's geometry and {@code S(i, j) = sum over m, n of G((i
 * + padding - dilation * m) / stride, (j + padding - dilation * n) / stride) K(m, n)}, where the
 * quotients are whole and inside, summed over the filters of a channel's group:
 *
 * <pre>
 * (S + residual) * activation'
 * </pre>
 *
 * where {@code activation'} is {@link Activation#gradient}'s factor at the activation's result, for
 * RELU 1 where that is positive and otherwise 0.
 *
 * @param image the shape of the image
 * @param residual whether there is one
 * @param activation whose result the image is
 */
public record ConvolutionInputGradient(
    ConvolutionGeometry geometry, Shape image, boolean residual, Activation activation)
    implements Op {
  /** The input that is added to the sum, if there is one. */
  public static final int RESIDUAL_INPUT = 2;

  /** The gradient alone. */
  public ConvolutionInputGradient(ConvolutionGeometry geometry, Shape image) {
    this(geometry, image, false, Activation.IDENTITY);
  }

  /** The input that is the activation's result, if there is an activation. */
  public int resultInput() {
    return residual ? RESIDUAL_INPUT + 1 : RESIDUAL_INPUT;
  }

  private boolean activated() {
    return activation != Activation.IDENTITY;
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, resultInput() + (activated() ? 1 : 0));
    Arguments.floating(this, "filter", inputs.get(0));
    Arguments.sameDType(this, inputs);
    Shape expected = geometry.output(image, inputs.get(0).shape());
    Arguments.shape(this, "gradient", inputs.get(1), expected);
    if (residual) {
      Arguments.shape(this, "residual", inputs.get(RESIDUAL_INPUT), image);
    }
    if (activated()) {
      Arguments.shape(this, "activation's result", inputs.get(resultInput()), image);
    }
    return List.of(inputs.get(0).withShape(image));
  }

  @Override
  public void gradient(GradientContext context) {
    if (activated() && context.wants(resultInput())) {
      context.throughLowering();
      return;
    }
    Value w = context.input(0);
    Value g = context.input(1);
    Value adjoint = context.outputGradient(0);
    if (activated()) {
      adjoint = activation.gradient(context.input(resultInput()), adjoint);
    }
    if (context.wants(0)) {
      context.propagate(0, adjoint.apply(new ConvolutionFilterGradient(geometry, w.shape()), g));
    }
    if (context.wants(1)) {
      context.propagate(1, adjoint.apply(new Convolution(geometry, false, Activation.IDENTITY), w));
    }
    if (residual && context.wants(RESIDUAL_INPUT)) {
      context.propagate(RESIDUAL_INPUT, adjoint);
    }
  }

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs -> {
          Value w = inputs.get(0);
          ConvolutionProducts products = new ConvolutionProducts(geometry, image, w.shape());
          Value sum = products.inputGradient(w, inputs.get(1));
          if (residual) {
            sum = sum.add(inputs.get(RESIDUAL_INPUT));
          }
          return List.of(activated() ? activation.gradient(inputs.get(resultInput()), sum) : sum);
        });
  }
}
