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
 * The gradient of a {@link Convolution} to its image: filter {@code [filters, channels / groups,
 * kernel...]} and gradient {@code [batch, filters, out...]} to {@code image}'s shape {@code [batch,
 * channels, spatial...]}. Also known as transposed convolution.
 */
public record ConvolutionInputGradient(ConvolutionGeometry geometry, Shape image) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, 2);
    Arguments.floating(this, "filter", inputs.get(0));
    Arguments.sameDType(this, inputs);
    Shape expected = geometry.output(image, inputs.get(0).shape());
    Arguments.shape(this, "gradient", inputs.get(1), expected);
    return List.of(inputs.get(0).withShape(image));
  }

  @Override
  public void gradient(GradientContext context) {
    Value w = context.input(0);
    Value g = context.input(1);
    Value adjoint = context.outputGradient(0);
    if (context.wants(0)) {
      context.propagate(0, adjoint.apply(new ConvolutionFilterGradient(geometry, w.shape()), g));
    }
    if (context.wants(1)) {
      context.propagate(1, adjoint.apply(new Convolution(geometry, false, Activation.IDENTITY), w));
    }
  }

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs -> {
          Value w = inputs.get(0);
          ConvolutionProducts products = new ConvolutionProducts(geometry, image, w.shape());
          return List.of(products.inputGradient(w, inputs.get(1)));
        });
  }
}
