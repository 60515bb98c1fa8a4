package dev.volute.backend.java.batchnorm;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import java.util.List;
import java.util.Optional;

/** Normalises by the batch's own statistics. */
final class TrainingBinding implements NormBinding<BatchNormTraining> {
  @Override
  public List<Integer> images(BatchNormTraining op) {
    return op.residual() ? List.of(0, BatchNormTraining.RESIDUAL_INPUT) : List.of(0);
  }

  @Override
  public long rowScratch(PixelRows rows) {
    return ChunkMoments.length(rows) + ChannelsLastNorm.length(rows);
  }

  @Override
  public Kernel bind(BatchNormTraining op, OpCall call, Operands operands, Machine machine) {
    Image x = NormBinding.image(call, operands, 0);
    Floats gamma = Floats.of(operands.input(1));
    Floats beta = Floats.of(operands.input(2));
    Floats mean = Floats.of(operands.output(1));
    Floats variance = Floats.of(operands.output(2));
    Image y = NormBinding.result(call, operands);
    Optional<Image> residual =
        op.residual()
            ? Optional.of(NormBinding.image(call, operands, BatchNormTraining.RESIDUAL_INPUT))
            : Optional.empty();
    if (allChannelsLast(op, call)) {
      PixelRows rows = PixelRows.of(call, machine);
      Floats memory = Floats.of(operands.scratch().orElseThrow());
      ChunkMoments moments = new ChunkMoments(rows, x.floats(), memory);
      ChannelsLastNorm norm =
          new ChannelsLastNorm(
              rows,
              x.floats(),
              residual.map(Image::floats),
              y.floats(),
              op.activation(),
              memory.plus(Math.toIntExact(ChunkMoments.length(rows))));
      return () -> {
        moments.run(mean, variance);
        norm.run(mean, variance, op.epsilon(), gamma, beta);
      };
    }
    Channels channels = Channels.of(call, machine);
    Normalisation normalisation = new Normalisation(channels, x, residual, y, op.activation());
    Sums sums = new Sums(channels);
    return channels.kernel(
        c -> {
          channels.gather(x, c, 0);
          float centre = (float) (sums.sum(x, c, 0) / channels.elements());
          float spread =
              (float) (sums.centredDot(x, centre, x, centre, c, 0, 0) / channels.elements());
          mean.array()[mean.offset() + c] = centre;
          variance.array()[variance.offset() + c] = spread;
          double factor = NormBinding.at(gamma, c) / Math.sqrt(spread + op.epsilon());
          normalisation.run(c, (float) factor, (float) (NormBinding.at(beta, c) - centre * factor));
        });
  }
}
