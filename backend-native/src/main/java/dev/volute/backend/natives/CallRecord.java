package dev.volute.backend.natives;

import dev.volute.natives.Kernels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.Pointer;

/** A struct of {@code volute.h}: 8-byte fields at a fixed address. */
final class CallRecord {
  private final ByteBuffer bytes;
  private final long address;

  CallRecord(long[] fields) {
    bytes = ByteBuffer.allocateDirect(fields.length * Long.BYTES).order(ByteOrder.nativeOrder());
    bytes.asLongBuffer().put(fields);
    address = new Pointer(bytes).address();
  }

  /** Valid as long as this object is reachable. */
  long address() {
    return address;
  }

  long field(int index) {
    return bytes.getLong(index * Long.BYTES);
  }

  /** Floats of scratch memory that the call wants. */
  long scratch() {
    return Kernels.scratch(address);
  }
}
