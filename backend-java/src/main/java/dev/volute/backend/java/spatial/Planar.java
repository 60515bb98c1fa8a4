package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Binding;
import dev.volute.graph.Op;
import dev.volute.spi.OpCall;

/** A binding of ops over images, claimed where they have two spatial axes. */
@FunctionalInterface
interface Planar<T extends Op> extends Binding<T> {
  @Override
  default boolean claims(T op, OpCall call) {
    return call.output(0).shape().rank() == 4 && Binding.super.claims(op, call);
  }
}
