package dev.volute.backend.java.batchnorm;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.spi.Operand;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;

/**
 * A tensor {@code [batch, channels, spatial...]} in its format.
 *
 * @param pixelStep from one element of a channel to the next
 */
record Image(Floats floats, int sampleStep, int channelStep, int pixelStep) {
  static Image of(Operand operand, MemoryFormat format) {
    Shape shape = operand.view().shape();
    int channels = shape.dim(1);
    int spatial = Math.toIntExact(shape.slice(2, shape.rank()).elements());
    boolean last = format == MemoryFormat.CHANNELS_LAST;
    return new Image(
        Floats.of(operand, format), channels * spatial, last ? 1 : spatial, last ? channels : 1);
  }

  float[] array() {
    return floats.array();
  }

  /** Where a sample's channel begins. */
  int at(int sample, int channel) {
    return floats.offset() + sample * sampleStep + channel * channelStep;
  }
}
