package dev.volute.backend.natives;

import dev.volute.natives.Kernels;
import dev.volute.spi.BackendException;
import dev.volute.spi.IndexRangeException;
import dev.volute.spi.Kernel;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.spi.OutOfMemoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One call record with the memory that it points into. */
final class NativeKernel implements Kernel {
  private final Context context;
  private final CallRecord call;
  private final NativeMemory[] memories;
  private final Optional<NativeMemory> own;

  NativeKernel(Context context, CallRecord call, Operands operands, Optional<NativeMemory> own) {
    this.context = context;
    this.call = call;
    this.own = own;
    List<Operand> all = new ArrayList<>(operands.inputs());
    all.addAll(operands.outputs());
    operands.scratch().ifPresent(all::add);
    memories =
        all.stream()
            .map(operand -> (NativeMemory) operand.memory())
            .distinct()
            .toArray(NativeMemory[]::new);
  }

  @Override
  public void run() {
    for (NativeMemory memory : memories) {
      if (!memory.isOpen()) {
        throw new BackendException("The memory of a kernel is closed");
      }
    }
    int answer = context.run(call);
    if (answer == Kernels.OK) {
      return;
    }
    if (answer == Kernels.INDEX_OUT_OF_RANGE) {
      throw new IndexRangeException(call.field(1), (int) call.field(2), (int) call.field(3));
    }
    if (answer == Kernels.OUT_OF_MEMORY) {
      throw new OutOfMemoryException("Not enough native memory for a kernel's workspace");
    }
    throw new BackendException("The native library does not know call " + call.field(0));
  }

  @Override
  public void close() {
    own.ifPresent(NativeMemory::close);
  }
}
