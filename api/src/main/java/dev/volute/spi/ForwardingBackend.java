package dev.volute.spi;

import dev.volute.tensor.DType;
import java.util.Optional;

/** A backend that hands everything on to another; subclasses change what they need to. */
public abstract class ForwardingBackend implements Backend {
  private final Backend backend;

  protected ForwardingBackend(Backend backend) {
    this.backend = backend;
  }

  @Override
  public String name() {
    return backend.name();
  }

  @Override
  public Memory allocate(DType dtype, long elements) {
    return backend.allocate(dtype, elements);
  }

  @Override
  public long maximumElements(DType dtype) {
    return backend.maximumElements(dtype);
  }

  @Override
  public boolean claims(OpCall call) {
    return backend.claims(call);
  }

  @Override
  public Optional<String> algorithm(OpCall call) {
    return backend.algorithm(call);
  }

  @Override
  public boolean takesChannelsLast(OpCall call, int input) {
    return backend.takesChannelsLast(call, input);
  }

  @Override
  public boolean givesChannelsLast(OpCall call, int output) {
    return backend.givesChannelsLast(call, output);
  }

  @Override
  public Scratch scratch(OpCall call) {
    return backend.scratch(call);
  }

  @Override
  public Kernel bind(OpCall call, Operands operands) {
    return backend.bind(call, operands);
  }

  @Override
  public void close() {
    backend.close();
  }
}
