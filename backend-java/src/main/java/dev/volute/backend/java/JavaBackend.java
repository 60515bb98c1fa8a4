package dev.volute.backend.java;

import dev.volute.backend.java.batchnorm.BatchNormKernels;
import dev.volute.backend.java.dense.DenseKernels;
import dev.volute.backend.java.kernel.Bindings;
import dev.volute.backend.java.kernel.JavaMemory;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.primitive.Primitives;
import dev.volute.backend.java.recurrent.RecurrentKernels;
import dev.volute.backend.java.simd.Simd;
import dev.volute.backend.java.spatial.SpatialKernels;
import dev.volute.backend.java.training.TrainingKernels;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendException;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.Kernel;
import dev.volute.spi.Memory;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
import dev.volute.tensor.DType;
import java.util.Optional;

/** Kernels in Java on Java arrays. */
final class JavaBackend implements Backend {
  static final String NAME = "java";

  private final Bindings bindings = new Bindings();
  private final Machine machine;
  private volatile boolean closed;

  JavaBackend(BackendOptions options, Simd simd) {
    machine = new Machine(Workers.of(options.threads()), simd, options.minimalFiltering());
    Primitives.register(bindings);
    DenseKernels.register(bindings);
    SpatialKernels.register(bindings);
    RecurrentKernels.register(bindings);
    TrainingKernels.register(bindings);
    BatchNormKernels.register(bindings);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Memory allocate(DType dtype, long elements) {
    requireOpen();
    return new JavaMemory(dtype, elements);
  }

  @Override
  public long maximumElements(DType dtype) {
    return JavaMemory.MAXIMUM_ELEMENTS;
  }

  @Override
  public boolean claims(OpCall call) {
    return bindings.claimed(call).isPresent();
  }

  @Override
  public Optional<String> algorithm(OpCall call) {
    return claimed(call).algorithm(machine);
  }

  @Override
  public boolean takesChannelsLast(OpCall call, int input) {
    return claimed(call).takesChannelsLast(input);
  }

  @Override
  public boolean givesChannelsLast(OpCall call, int output) {
    return claimed(call).givesChannelsLast(output);
  }

  @Override
  public Scratch scratch(OpCall call) {
    return claimed(call).scratch(machine);
  }

  @Override
  public Kernel bind(OpCall call, Operands operands) {
    requireOpen();
    return claimed(call).bind(operands.map(JavaMemory::inArray), machine);
  }

  private Bindings.Claimed claimed(OpCall call) {
    return bindings
        .claimed(call)
        .orElseThrow(() -> new BackendException("Backend java does not claim " + call));
  }

  private void requireOpen() {
    if (closed) {
      throw new BackendException("Backend java is closed");
    }
  }

  @Override
  public void close() {
    closed = true;
    machine.workers().close();
  }
}
