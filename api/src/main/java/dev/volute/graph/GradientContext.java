package dev.volute.graph;

import java.util.List;

/** What an op needs to say how the gradient of its outputs reaches its inputs. */
public interface GradientContext {
  List<Value> inputs();

  default Value input(int index) {
    return inputs().get(index);
  }

  List<Value> outputs();

  default Value output(int index) {
    return outputs().get(index);
  }

  /** Gradient of the loss with respect to an output; zeros if the loss does not depend on it. */
  Value outputGradient(int index);

  /** True if the loss depends on this output. */
  boolean hasOutputGradient(int index);

  /** True if the gradient with respect to this input is asked for. Others need not be computed. */
  boolean wants(int input);

  /** Adds {@code gradient} to the gradient with respect to an input. Ignored if nobody wants it. */
  void propagate(int input, Value gradient);

  /** Differentiates the op's lowering in its place. */
  void throughLowering();
}
