package dev.volute.backend.java.training;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Ints;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.RowFunctions;
import dev.volute.backend.java.simd.Uniform;
import dev.volute.graph.composite.Dropout;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;

/** Keeps an element where its random number says so. */
final class DropoutKernel implements Kernel {
  /** Numbers that are made at a time; a multiple of the four of a block. */
  private static final int PIECE = 1024;

  private final Workers workers;
  private final Uniform uniform;
  private final RowFunctions functions;
  private final int stream;
  private final Uniform.Key key;
  private final Floats x;
  private final Floats y;
  private final int elements;
  private final float rate;
  private final float scale;
  private final Workers.Part part = this::piece;

  DropoutKernel(Dropout op, OpCall call, Operands operands, Machine machine) {
    workers = machine.workers();
    uniform = machine.simd().uniform();
    functions = machine.simd().rows();
    stream = op.stream();
    Ints numbers = Ints.of(operands.input(1));
    key = new Uniform.Key(numbers.array(), numbers.offset(), 1);
    x = Floats.of(operands.input(0));
    y = Floats.of(operands.output(0));
    elements = Math.toIntExact(call.input(0).shape().elements());
    // The smallest float that is not below the rate: comparing with it is comparing with the rate.
    float near = (float) op.rate();
    rate = near < op.rate() ? Math.nextUp(near) : near;
    scale = (float) (1 / (1 - op.rate()));
  }

  @Override
  public void run() {
    workers.run((elements + PIECE - 1) / PIECE, part);
  }

  private void piece(int number) {
    int from = number * PIECE;
    int n = Math.min(PIECE, elements - from);
    float[] u = workers.workspace().floats(0, PIECE);
    uniform.fill(from / 4, (n + 3) / 4, stream, key, u, 0);
    functions.keep(n, y.array(), y.offset() + from, x.array(), x.offset() + from, u, rate, scale);
  }
}
