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
 * The gradient of a {@link Convolution} to its filter: image {@code [batch, channels, spatial...]}
 * and gradient {@code [batch, filters, out...]} to {@code filter}'s shape {@code [filters, channels
 * / groups, kernel...]}.
 */
public record ConvolutionFilterGradient(ConvolutionGeometry geometry, Shape filter) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, 2);
    Arguments.floating(this, "image", inputs.get(0));
    Arguments.sameDType(this, inputs);
    Shape expected = geometry.output(inputs.get(0).shape(), filter);
    Arguments.shape(this, "gradient", inputs.get(1), expected);
    return List.of(inputs.get(0).withShape(filter));
  }

  @Override
  public void gradient(GradientContext context) {
    Value x = context.input(0);
    Value g = context.input(1);
    Value adjoint = context.outputGradient(0);
    if (context.wants(0)) {
      context.propagate(0, adjoint.apply(new ConvolutionInputGradient(geometry, x.shape()), g));
    }
    if (context.wants(1)) {
      context.propagate(1, x.apply(new Convolution(geometry, false, Activation.IDENTITY), adjoint));
    }
  }

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs -> {
          Value x = inputs.get(0);
          ConvolutionProducts products = new ConvolutionProducts(geometry, x.shape(), filter);
          return List.of(products.filterGradient(x, inputs.get(1)));
        });
  }
}
