package dev.volute.conformance.broken;

import dev.volute.spi.Backend;
import dev.volute.spi.ForwardingBackend;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;

/** A backend some of whose kernels are spoiled. */
class BrokenBackend extends ForwardingBackend {
  private final Backend correct;
  private final Spoiler spoiler;

  BrokenBackend(Backend correct, Spoiler spoiler) {
    super(correct);
    this.correct = correct;
    this.spoiler = spoiler;
  }

  @Override
  public Kernel bind(OpCall call, Operands operands) {
    return spoiler.bind(correct, call, operands);
  }
}
