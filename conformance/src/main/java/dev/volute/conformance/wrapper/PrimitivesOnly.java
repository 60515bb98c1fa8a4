package dev.volute.conformance.wrapper;

import dev.volute.spi.Backend;
import dev.volute.spi.ForwardingBackend;
import dev.volute.spi.OpCall;

/** A backend that claims no composite, so that plans lower them all to primitives. */
public final class PrimitivesOnly extends ForwardingBackend {
  public PrimitivesOnly(Backend backend) {
    super(backend);
  }

  @Override
  public boolean claims(OpCall call) {
    return call.op().lowering().isEmpty() && super.claims(call);
  }
}
