package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Bindings;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.graph.composite.AveragePool;
import dev.volute.graph.composite.AveragePoolGradient;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionFilterGradient;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.graph.composite.MaxPool;
import dev.volute.graph.composite.MaxPoolGradient;

/** The bindings of the ops that slide over images with two spatial axes. */
public final class SpatialKernels {
  private SpatialKernels() {}

  public static void register(Bindings bindings) {
    bindings.put(Convolution.class, new ConvolutionBinding());
    bindings.put(ConvolutionInputGradient.class, new InputGradientBinding());
    bindings.put(ConvolutionFilterGradient.class, new FilterGradientBinding());
    bindings.put(MaxPool.class, new MaxPoolBinding());
    bindings.put(MaxPoolGradient.class, new MaxPoolGradientBinding());
    Planar<AveragePool> averagePool =
        (op, call, operands, machine) ->
            AveragePooling.forward(
                PoolShape.of(op.geometry(), call.input(0).shape()),
                op.countPadding(),
                Floats.of(operands.input(0)),
                Floats.of(operands.output(0)),
                machine.workers());
    bindings.put(AveragePool.class, averagePool);
    Planar<AveragePoolGradient> averagePoolGradient =
        (op, call, operands, machine) ->
            AveragePooling.backward(
                PoolShape.of(op.geometry(), op.image()),
                op.countPadding(),
                Floats.of(operands.input(0)),
                Floats.of(operands.output(0)),
                machine.workers());
    bindings.put(AveragePoolGradient.class, averagePoolGradient);
  }
}
