package dev.volute.backend.natives;

import dev.volute.natives.Kernels;
import dev.volute.natives.OpenBlas;
import dev.volute.spi.BackendException;
import dev.volute.spi.OutOfMemoryException;
import java.util.Optional;

/** The native side of one backend: its threads and its instruction set. */
final class Context {
  private final long address;
  private volatile boolean open = true;

  private Context(long address) {
    this.address = address;
  }

  static Context open(int threads, InstructionSet set, Optional<OpenBlas> blas) {
    CallRecord result = new CallRecord(new long[1]);
    int answer =
        Kernels.open(
            threads,
            set.ordinal(),
            blas.map(OpenBlas::single).orElse(0L),
            blas.map(OpenBlas::twice).orElse(0L),
            result.address());
    if (answer != Kernels.OK) {
      throw new OutOfMemoryException("Backend native could not start " + threads + " threads");
    }
    return new Context(result.field(0));
  }

  int run(CallRecord call) {
    requireOpen();
    return Kernels.run(address, call.address());
  }

  void requireOpen() {
    if (!open) {
      throw new BackendException("Backend native is closed");
    }
  }

  synchronized void close() {
    if (open) {
      open = false;
      Kernels.close(address);
    }
  }
}
