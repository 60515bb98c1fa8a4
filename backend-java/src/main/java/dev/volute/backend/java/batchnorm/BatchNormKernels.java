package dev.volute.backend.java.batchnorm;

import dev.volute.backend.java.kernel.Binding;
import dev.volute.backend.java.kernel.Bindings;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.simd.RowFunctions;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;

/** Batch normalisation, one channel after the other. Its sums are of runs of floats, in double. */
public final class BatchNormKernels {
  private BatchNormKernels() {}

  public static void register(Bindings bindings) {
    bindings.put(BatchNormTraining.class, new Training());
    bindings.put(BatchNormInference.class, BatchNormKernels::inference);
    bindings.put(BatchNormGradient.class, new Gradient());
  }

  private static final class Training implements Binding<BatchNormTraining> {
    @Override
    public boolean claims(BatchNormTraining op, OpCall call) {
      return !op.residual() && Binding.super.claims(op, call);
    }

    @Override
    public Kernel bind(BatchNormTraining op, OpCall call, Operands operands, Machine machine) {
      return training(op, call, operands, machine);
    }
  }

  private static final class Gradient implements Binding<BatchNormGradient> {
    @Override
    public boolean claims(BatchNormGradient op, OpCall call) {
      return op.activation() == Activation.IDENTITY && Binding.super.claims(op, call);
    }

    @Override
    public Kernel bind(BatchNormGradient op, OpCall call, Operands operands, Machine machine) {
      return gradient(op, call, operands, machine);
    }
  }

  private static Kernel training(
      BatchNormTraining op, OpCall call, Operands operands, Machine machine) {
    Channels channels = Channels.of(call, machine);
    Floats x = Floats.of(operands.input(0));
    Floats gamma = Floats.of(operands.input(1));
    Floats beta = Floats.of(operands.input(2));
    Floats mean = Floats.of(operands.output(1));
    Floats variance = Floats.of(operands.output(2));
    Normalisation normalisation =
        new Normalisation(channels, x, Floats.of(operands.output(0)), op.activation());
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
        new Normalisation(channels, x, Floats.of(operands.output(0)), op.activation());
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
    Floats g = Floats.of(operands.input(4));
    Floats dx = Floats.of(operands.output(0));
    Floats toGamma = Floats.of(operands.output(1));
    Floats toBeta = Floats.of(operands.output(2));
    Sums sums = new Sums(channels);
    RowFunctions functions = machine.simd().rows();
    int n = channels.elements();
    return channels.kernel(
        c -> {
          channels.gather(x, c, 0);
          channels.gather(g, c, 1);
          float centre = (float) at(mean, c);
          double inverse = 1 / Math.sqrt(at(variance, c) + op.epsilon());
          double sum = sums.sum(g, c, 1);
          double product = sums.centredDot(x, centre, g, 0, c, 0, 1);
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
                channels.array(g, 1),
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

  private static double at(Floats values, int channel) {
    return values.array()[values.offset() + channel];
  }
}
