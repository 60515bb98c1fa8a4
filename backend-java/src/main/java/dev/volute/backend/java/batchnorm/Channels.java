package dev.volute.backend.java.batchnorm;

import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.kernel.Shares;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;

/**
 * The elements of each channel of {@code [batch, channels, spatial...]}, as runs: one a sample, or,
 * where these would be short or some operands lie channels last, one for all samples in a buffer.
 *
 * @param count how many channels
 * @param batch how many samples
 * @param spatial how many elements one channel of one sample has
 * @param gathered true if a channel's elements are worked on in buffers
 */
record Channels(int count, int batch, int spatial, boolean gathered, Machine machine) {
  /** Runs shorter than this are brought together. */
  private static final int SHORT = 16;

  static Channels of(OpCall call, Machine machine) {
    Shape x = call.input(0).shape();
    int spatial = Math.toIntExact(x.slice(2, x.rank()).elements());
    boolean mixed =
        call.inputFormats().contains(MemoryFormat.CHANNELS_LAST)
            || call.outputFormats().contains(MemoryFormat.CHANNELS_LAST);
    return new Channels(x.dim(1), x.dim(0), spatial, mixed || spatial < SHORT, machine);
  }

  /** What is done with one channel. */
  interface Channel {
    void run(int channel);
  }

  Kernel kernel(Channel channel) {
    return Shares.kernel(
        machine.workers(),
        count,
        4L * elements(),
        (from, to) -> {
          for (int i = from; i < to; i++) {
            channel.run(i);
          }
        });
  }

  /** Elements of one channel. */
  int elements() {
    return batch * spatial;
  }

  int runs() {
    return gathered ? 1 : batch;
  }

  int runLength() {
    return gathered ? elements() : spatial;
  }

  /**
   * The array that holds the runs of a channel of x: its own, or the buffer of a slot, which holds
   * a copy after {@link #gather}.
   */
  float[] array(Image x, int slot) {
    return gathered ? machine.workers().workspace().floats(slot, elements()) : x.array();
  }

  /** Where a run begins in that array. */
  int start(Image x, int channel, int run) {
    return gathered ? 0 : x.at(run, channel);
  }

  /** Brings a channel's elements into the buffer of a slot, if buffers are used. */
  void gather(Image x, int channel, int slot) {
    if (gathered) {
      float[] buffer = array(x, slot);
      for (int sample = 0; sample < batch; sample++) {
        int from = x.at(sample, channel);
        for (int i = 0; i < spatial; i++) {
          buffer[sample * spatial + i] = x.array()[from + i * x.pixelStep()];
        }
      }
    }
  }

  /** The way back. */
  void scatter(Image y, int channel, int slot) {
    if (gathered) {
      float[] buffer = array(y, slot);
      for (int sample = 0; sample < batch; sample++) {
        int to = y.at(sample, channel);
        for (int i = 0; i < spatial; i++) {
          y.array()[to + i * y.pixelStep()] = buffer[sample * spatial + i];
        }
      }
    }
  }
}
