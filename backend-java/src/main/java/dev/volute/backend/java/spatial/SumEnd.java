package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.graph.composite.Activation;
import java.util.Optional;

/**
 * How a kernel ends its sums: with a bias of each filter, a residual that lies as the result does,
 * channels last, and an activation; or a gradient with a residual and a relu.
 *
 * @param relu what the relu gave that the gradient passes, beside the result: where it is not
 *     positive, the gradient is 0
 */
record SumEnd(
    Optional<Floats> bias,
    Optional<Floats> residual,
    Activation activation,
    Optional<Floats> relu) {
  /** That of a convolution. */
  static SumEnd forward(Optional<Floats> bias, Optional<Floats> residual, Activation activation) {
    return new SumEnd(bias, residual, activation, Optional.empty());
  }

  /** That of a gradient to an image. */
  static SumEnd gradient(Optional<Floats> residual, Optional<Floats> relu) {
    return new SumEnd(Optional.empty(), residual, Activation.IDENTITY, relu);
  }
}
