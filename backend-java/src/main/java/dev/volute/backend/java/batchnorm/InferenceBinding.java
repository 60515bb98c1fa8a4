package dev.volute.backend.java.batchnorm;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import java.util.List;
import java.util.Optional;

/** Normalises by given statistics. */
final class InferenceBinding implements NormBinding<BatchNormInference> {
  @Override
  public List<Integer> images(BatchNormInference op) {
    return List.of(0);
  }

  @Override
  public long rowScratch(PixelRows rows) {
    return ChannelsLastNorm.length(rows);
  }

  @Override
  public Kernel bind(BatchNormInference op, OpCall call, Operands operands, Machine machine) {
    Image x = NormBinding.image(call, operands, 0);
    Floats gamma = Floats.of(operands.input(1));
    Floats beta = Floats.of(operands.input(2));
    Floats mean = Floats.of(operands.input(3));
    Floats variance = Floats.of(operands.input(4));
    Image y = NormBinding.result(call, operands);
    if (allChannelsLast(op, call)) {
      ChannelsLastNorm norm =
          new ChannelsLastNorm(
              PixelRows.of(call, machine),
              x.floats(),
              Optional.empty(),
              y.floats(),
              op.activation(),
              Floats.of(operands.scratch().orElseThrow()));
      return () -> norm.run(mean, variance, op.epsilon(), gamma, beta);
    }
    Channels channels = Channels.of(call, machine);
    Normalisation normalisation =
        new Normalisation(channels, x, Optional.empty(), y, op.activation());
    return channels.kernel(
        c -> {
          channels.gather(x, c, 0);
          double factor =
              NormBinding.at(gamma, c) / Math.sqrt(NormBinding.at(variance, c) + op.epsilon());
          double shift = NormBinding.at(beta, c) - NormBinding.at(mean, c) * factor;
          normalisation.run(c, (float) factor, (float) shift);
        });
  }
}
