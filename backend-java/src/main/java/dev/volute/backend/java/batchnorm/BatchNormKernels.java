package dev.volute.backend.java.batchnorm;

import dev.volute.backend.java.kernel.Activations;
import dev.volute.backend.java.kernel.Bindings;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.backend.java.simd.RowFunctions;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import java.util.Optional;

/** Batch normalisation, one channel after the other. Its sums are of runs of floats, in double. */
public final class BatchNormKernels {
  private BatchNormKernels() {}

  public static void register(Bindings bindings) {
    bindings.put(BatchNormTraining.class, BatchNormKernels::training);
    bindings.put(BatchNormInference.class, BatchNormKernels::inference);
    bindings.put(BatchNormGradient.class, BatchNormKernels::gradient);
  }

  private static Kernel training(
      BatchNormTraining op, OpCall call, Operands operands, Machine machine) {
    Channels channels = Channels.of(call, machine);
    Floats x = Floats.of(operands.input(0));
    Floats gamma = Floats.of(operands.input(1));
    Floats beta = Floats.of(operands.input(2));
    Floats mean = Floats.of(operands.output(1));
    Floats variance = Floats.of(operands.output(2));
    Optional<Floats> residual =
        op.residual()
            ? Optional.of(Floats.of(operands.input(BatchNormTraining.RESIDUAL_INPUT)))
            : Optional.empty();
    Normalisation normalisation =
        new Normalisation(channels, x, residual, Floats.of(operands.output(0)), op.activation());
    Sums sums = new Sums(channels);
    return channels.kernel(
        c -> {
          channels.gather(x, c, 0);
          float centre = (float) (sums.sum(x, c, 0) / channels.elements());
          float spread =
              (float) (sums.centredDot(x, centre, x, centre, c, 0, 0) / channels.elements());
          mean.array()[mean.offset() + c] = centre;
          variance.array()[variance.offset() + c] = spread;
          double factor = at(gamma, c) / Math.sqrt(spread + op.epsilon());
          normalisation.run(c, (float) factor, (float) (at(beta, c) - centre * factor));
        });
  }

  private static Kernel inference(
      BatchNormInference op, OpCall call, Operands operands, Machine machine) {
    Channels channels = Channels.of(call, machine);
    Floats x = Floats.of(operands.input(0));
    Floats gamma = Floats.of(operands.input(1));
    Floats beta = Floats.of(operands.input(2));
    Floats mean = Floats.of(operands.input(3));
    Floats variance = Floats.of(operands.input(4));
    Normalisation normalisation =
        new Normalisation(
            channels, x, Optional.empty(), Floats.of(operands.output(0)), op.activation());
    return channels.kernel(
        c -> {
          channels.gather(x, c, 0);
          double factor = at(gamma, c) / Math.sqrt(at(variance, c) + op.epsilon());
          normalisation.run(c, (float) factor, (float) (at(beta, c) - at(mean, c) * factor));
        });
  }

  private static Kernel gradient(
      BatchNormGradient op, OpCall call, Operands operands, Machine machine) {
    Channels channels = Channels.of(call, machine);
    Floats x = Floats.of(operands.input(0));
    Floats gamma = Floats.of(operands.input(1));
    Floats mean = Floats.of(operands.input(2));
    Floats variance = Floats.of(operands.input(3));
    Floats toResult = Floats.of(operands.input(BatchNormGradient.GRADIENT_INPUT));
    Floats dx = Floats.of(operands.output(0));
    Floats toGamma = Floats.of(operands.output(1));
    Floats toBeta = Floats.of(operands.output(2));
    Sums sums = new Sums(channels);
    RowFunctions functions = machine.simd().rows();
    int n = channels.elements();
    Optional<FloatMap> activation = Activations.gradient(op.activation(), machine.simd());
    Optional<Floats> y =
        activation.map(each -> Floats.of(operands.input(BatchNormGradient.RESULT_INPUT)));
    // The gradient to an activation's argument is kept where the result will be.
    Floats g = activation.isPresent() ? dx : toResult;
    int gSlot = activation.isPresent() ? 2 : 1;
    return channels.kernel(
        c -> {
          channels.gather(x, c, 0);
          channels.gather(toResult, c, 1);
          if (activation.isPresent()) {
            throughActivation(channels, activation.get(), y.orElseThrow(), toResult, dx, c);
          }
          float centre = (float) at(mean, c);
          double inverse = 1 / Math.sqrt(at(variance, c) + op.epsilon());
          double sum = sums.sum(g, c, gSlot);
          double product = sums.centredDot(x, centre, g, 0, c, 0, gSlot);
          toBeta.array()[toBeta.offset() + c] = (float) sum;
          toGamma.array()[toGamma.offset() + c] = (float) (product * inverse);
          double scale = at(gamma, c) * inverse;
          float ofX = (float) (-scale * inverse * inverse * product / n);
          float shift = (float) (-scale * sum / n);
          float[] result = channels.array(dx, 2);
          for (int run = 0; run < channels.runs(); run++) {
            functions.combination(
                channels.runLength(),
                result,
                channels.start(dx, c, run),
                channels.array(g, gSlot),
                channels.start(g, c, run),
                (float) scale,
                channels.array(x, 0),
                channels.start(x, c, run),
                centre,
                ofX,
                shift);
          }
          channels.scatter(dx, c, 2);
        });
  }

  /** The gradient to the activation's argument, from slots 3 and 1 to slot 2. */
  private static void throughActivation(
      Channels channels, FloatMap activation, Floats y, Floats toResult, Floats dx, int channel) {
    channels.gather(y, channel, 3);
    for (int run = 0; run < channels.runs(); run++) {
      activation.run(
          channels.runLength(),
          channels.array(dx, 2),
          channels.start(dx, channel, run),
          channels.array(y, 3),
          channels.start(y, channel, run),
          channels.array(toResult, 1),
          channels.start(toResult, channel, run));
    }
  }

  private static double at(Floats values, int channel) {
    return values.array()[values.offset() + channel];
  }
}
