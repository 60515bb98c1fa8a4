package dev.volute.backend.java.batchnorm;

import dev.volute.backend.java.kernel.Activations;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.backend.java.simd.RowFunctions;
import dev.volute.graph.Binary;
import dev.volute.graph.composite.Activation;
import java.util.Optional;

/** {@code y = activation(x * factor + shift + residual)} for one channel. */
final class Normalisation {
  private final Channels channels;
  private final Image x;
  private final Optional<Image> residual;
  private final Image y;
  private final RowFunctions functions;
  private final FloatMap sum;
  private final Optional<FloatMap> activation;

  Normalisation(
      Channels channels, Image x, Optional<Image> residual, Image y, Activation activation) {
    this.channels = channels;
    this.x = x;
    this.residual = residual;
    this.y = y;
    functions = channels.machine().simd().rows();
    sum = channels.machine().simd().elementwise().binary(Binary.Function.ADD);
    this.activation = Activations.map(activation, channels.machine().simd());
  }

  /** The channel's elements are in the buffer of slot 0, if buffers are used. */
  void run(int channel, float factor, float shift) {
    int n = channels.runLength();
    float[] from = channels.array(x, 0);
    float[] to = channels.array(y, 1);
    if (residual.isPresent()) {
      channels.gather(residual.get(), channel, 2);
    }
    for (int run = 0; run < channels.runs(); run++) {
      int at = channels.start(y, channel, run);
      functions.affine(n, to, at, from, channels.start(x, channel, run), factor, shift);
      if (residual.isPresent()) {
        Image more = residual.get();
        sum.run(n, to, at, to, at, channels.array(more, 2), channels.start(more, channel, run));
      }
      if (activation.isPresent()) {
        activation.get().run(n, to, at, to, at, to, at);
      }
    }
    channels.scatter(y, channel, 1);
  }
}
