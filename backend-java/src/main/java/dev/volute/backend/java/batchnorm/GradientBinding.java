package dev.volute.backend.java.batchnorm;

import dev.volute.backend.java.kernel.Activations;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.backend.java.simd.RowFunctions;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import java.util.List;
import java.util.Optional;

/** The gradients to what was normalised, and to scale and shift. */
final class GradientBinding implements NormBinding<BatchNormGradient> {
  @Override
  public List<Integer> images(BatchNormGradient op) {
    return op.activation() == Activation.IDENTITY
        ? List.of(0, BatchNormGradient.GRADIENT_INPUT)
        : List.of(0, BatchNormGradient.GRADIENT_INPUT, BatchNormGradient.RESULT_INPUT);
  }

  @Override
  public long rowScratch(PixelRows rows) {
    return ChannelsLastGradient.scratch(rows);
  }

  @Override
  public Kernel bind(BatchNormGradient op, OpCall call, Operands operands, Machine machine) {
    Image x = NormBinding.image(call, operands, 0);
    Image toResult = NormBinding.image(call, operands, BatchNormGradient.GRADIENT_INPUT);
    Image dx = NormBinding.result(call, operands);
    Optional<Image> y =
        op.activation() == Activation.IDENTITY
            ? Optional.empty()
            : Optional.of(NormBinding.image(call, operands, BatchNormGradient.RESULT_INPUT));
    return allChannelsLast(op, call)
        ? new ChannelsLastGradient(
            PixelRows.of(call, machine),
            op,
            operands,
            x.floats(),
            toResult.floats(),
            dx.floats(),
            y.map(Image::floats))
        : byChannel(op, Channels.of(call, machine), operands, x, toResult, dx, y);
  }

  private static Kernel byChannel(
      BatchNormGradient op,
      Channels channels,
      Operands operands,
      Image x,
      Image toResult,
      Image dx,
      Optional<Image> y) {
    Floats gamma = Floats.of(operands.input(1));
    Floats mean = Floats.of(operands.input(2));
    Floats variance = Floats.of(operands.input(3));
    Floats toGamma = Floats.of(operands.output(1));
    Floats toBeta = Floats.of(operands.output(2));
    Sums sums = new Sums(channels);
    RowFunctions functions = channels.machine().simd().rows();
    int n = channels.elements();
    Optional<FloatMap> activation =
        Activations.gradient(op.activation(), channels.machine().simd());
    // The gradient to an activation's argument is kept where the result will be.
    Image g = activation.isPresent() ? dx : toResult;
    int gSlot = activation.isPresent() ? 2 : 1;
    return channels.kernel(
        c -> {
          channels.gather(x, c, 0);
          channels.gather(toResult, c, 1);
          if (activation.isPresent()) {
            throughActivation(channels, activation.get(), y.orElseThrow(), toResult, dx, c);
          }
          float centre = (float) NormBinding.at(mean, c);
          double inverse = 1 / Math.sqrt(NormBinding.at(variance, c) + op.epsilon());
          double sum = sums.sum(g, c, gSlot);
          double product = sums.centredDot(x, centre, g, 0, c, 0, gSlot);
          toBeta.array()[toBeta.offset() + c] = (float) sum;
          toGamma.array()[toGamma.offset() + c] = (float) (product * inverse);
          double scale = NormBinding.at(gamma, c) * inverse;
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
      Channels channels, FloatMap activation, Image y, Image toResult, Image dx, int channel) {
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
}
