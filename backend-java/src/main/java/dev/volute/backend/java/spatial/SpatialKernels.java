package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Bindings;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Ints;
import dev.volute.graph.composite.AveragePool;
import dev.volute.graph.composite.AveragePoolGradient;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionFilterGradient;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.graph.composite.MaxPool;
import dev.volute.graph.composite.MaxPoolGradient;
import java.util.Optional;

/** The bindings of the ops that slide over images with two spatial axes. */
public final class SpatialKernels {
  private SpatialKernels() {}

  public static void register(Bindings bindings) {
    bindings.put(Convolution.class, new ConvolutionBinding());
    bindings.put(ConvolutionInputGradient.class, new InputGradientBinding());
    bindings.put(ConvolutionFilterGradient.class, new FilterGradientBinding());
    Planar<MaxPool> maxPool =
        (op, call, operands, machine) ->
            new MaxPooling(
                PoolShape.of(op.geometry(), call.input(0).shape()),
                Floats.of(operands.input(0)),
                Floats.of(operands.output(0)),
                op.indices() ? Optional.of(Ints.of(operands.output(1))) : Optional.empty(),
                machine);
    bindings.put(MaxPool.class, maxPool);
    Planar<MaxPoolGradient> maxPoolGradient =
        (op, call, operands, machine) ->
            new MaxPoolingGradient(
                PoolShape.of(op.geometry(), op.image()),
                Ints.of(operands.input(0)),
                Floats.of(operands.input(1)),
                Floats.of(operands.output(0)),
                machine.workers());
    bindings.put(MaxPoolGradient.class, maxPoolGradient);
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
