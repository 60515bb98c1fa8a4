package dev.volute.backend.java.primitive;

import dev.volute.backend.java.kernel.JavaMemory;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.parallel.Workspace;
import dev.volute.backend.java.simd.Uniform;
import dev.volute.graph.RandomUniform;
import dev.volute.spi.Kernel;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.View;

/** Random numbers. */
final class Uniforms {
  /** Numbers that are made at a time; a multiple of the four of a block. */
  private static final int PIECE = 4096;

  private Uniforms() {}

  static Kernel randomUniform(RandomUniform op, Operands operands, Machine machine) {
    Operand y = operands.output(0);
    View key = operands.input(0).view();
    Uniform.Key numbers =
        new Uniform.Key(
            JavaMemory.of(operands.input(0)).ints(),
            Math.toIntExact(key.offset()),
            Math.toIntExact(key.stride(0)));
    Stream stream = new Stream(machine.simd().uniform(), op.stream(), numbers);
    float[] out = JavaMemory.of(y).floats();
    Workspace workspace = machine.workers().workspace();
    return y.view().isDense()
        ? inRow(stream, out, y.view(), machine.workers())
        : scattered(stream, out, Walk.rowMajor(y.view()), workspace);
  }

  private record Stream(Uniform uniform, int number, Uniform.Key key) {
    void fill(long firstBlock, int blocks, float[] out, int at) {
      uniform.fill(firstBlock, blocks, number, key, out, at);
    }
  }

  private static Kernel inRow(Stream stream, float[] out, View y, Workers workers) {
    int start = Math.toIntExact(y.offset());
    int elements = (int) y.shape().elements();
    int pieces = (elements + PIECE - 1) / PIECE;
    Workspace workspace = workers.workspace();
    Workers.Part part =
        piece -> {
          int from = piece * PIECE;
          int n = Math.min(PIECE, elements - from);
          stream.fill(from / 4, n / 4, out, start + from);
          if (n % 4 != 0) {
            float[] buffer = workspace.floats(0, PIECE);
            stream.fill((from + n) / 4, 1, buffer, 0);
            System.arraycopy(buffer, 0, out, start + from + n - n % 4, n % 4);
          }
        };
    return () -> workers.run(pieces, part);
  }

  /** Element by element in row-major order, because that is how they are numbered. */
  private static Kernel scattered(Stream stream, float[] out, Walk walk, Workspace workspace) {
    Steps steps = Steps.of(walk, 0);
    long[] position = new long[1];
    Walk.Block block =
        (rows, columns, at, unused1, unused2, unused3) -> {
          float[] buffer = workspace.floats(0, PIECE);
          for (int row = 0; row < rows; row++) {
            for (int from = 0; from < columns; ) {
              int skipped = (int) (position[0] % 4);
              int n = Math.min(columns - from, PIECE - skipped);
              stream.fill(position[0] / 4, (skipped + n + 3) / 4, buffer, 0);
              for (int i = 0; i < n; i++) {
                out[at + row * steps.row() + (from + i) * steps.column()] = buffer[skipped + i];
              }
              from += n;
              position[0] += n;
            }
          }
        };
    return () -> {
      position[0] = 0;
      walk.all(block);
    };
  }
}
