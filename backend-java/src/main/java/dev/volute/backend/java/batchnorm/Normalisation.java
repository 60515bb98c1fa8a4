package dev.volute.backend.java.batchnorm;

import dev.volute.backend.java.kernel.Activations;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.backend.java.simd.RowFunctions;
import dev.volute.graph.composite.Activation;
import java.util.Optional;

/** {@code y = activation(x * factor + shift)} for one channel. */
final class Normalisation {
  private final Channels channels;
  private final Floats x;
  private final Floats y;
  private final RowFunctions functions;
  private final Optional<FloatMap> activation;

  Normalisation(Channels channels, Floats x, Floats y, Activation activation) {
    this.channels = channels;
    this.x = x;
    this.y = y;
    functions = channels.machine().simd().rows();
    this.activation = Activations.map(activation, channels.machine().simd());
  }

  /** The channel's elements are in the buffer of slot 0, if buffers are used. */
  void run(int channel, float factor, float shift) {
    int n = channels.runLength();
    float[] from = channels.array(x, 0);
    float[] to = channels.array(y, 1);
    for (int run = 0; run < channels.runs(); run++) {
      int at = channels.start(y, channel, run);
      functions.affine(n, to, at, from, channels.start(x, channel, run), factor, shift);
      if (activation.isPresent()) {
        activation.get().run(n, to, at, to, at, to, at);
      }
    }
    channels.scatter(y, channel, 1);
  }
}
