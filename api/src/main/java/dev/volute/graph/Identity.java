package dev.volute.graph;

import dev.volute.tensor.TensorType;
import dev.volute.tensor.View;
import java.util.List;
import java.util.Optional;

/** The value itself under another name. */
public record Identity() implements ViewOp {
  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    return Arguments.exactly(this, inputs, 1);
  }

  @Override
  public Optional<View> view(View input) {
    return Optional.of(input);
  }

  @Override
  public void gradient(GradientContext context) {
    context.propagate(0, context.outputGradient(0));
  }
}
