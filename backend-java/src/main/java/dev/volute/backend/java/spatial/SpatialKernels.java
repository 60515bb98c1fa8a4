package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Bindings;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionFilterGradient;
import dev.volute.graph.composite.ConvolutionInputGradient;

/** The bindings of the ops that slide over images with two spatial axes. */
public final class SpatialKernels {
  private SpatialKernels() {}

  public static void register(Bindings bindings) {
    bindings.put(Convolution.class, new ConvolutionBinding());
    bindings.put(ConvolutionInputGradient.class, new InputGradientBinding());
    bindings.put(ConvolutionFilterGradient.class, new FilterGradientBinding());
  }
}
