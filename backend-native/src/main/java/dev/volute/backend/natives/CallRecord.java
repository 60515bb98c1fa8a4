package dev.volute.backend.natives;

import dev.volute.natives.Kernels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import org.bytedeco.javacpp.Pointer;

/** A struct of {@code volute.h}: 8-byte fields at a fixed address. */
final class CallRecord {
  private static final int PATCHES = 4;

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

  /** How the call is computed, for people; empty if there is but one way. */
  Optional<String> algorithm() {
    return switch (Kernels.algorithm(address)) {
      case 1 ->
          Optional.of("minimal filtering F(4x4, 3x3): fewer multiplications pay its transforms");
      case 7 ->
          Optional.of("minimal filtering F(2x2, 3x3): few pixels, so fewer filters to read pay");
      case 2 -> Optional.of("channels in lanes: each filter sees one channel");
      case 3 ->
          Optional.of("products with pixels as rows: filters fill vectors better than pixels");
      case PATCHES -> Optional.of("products with patches of the image: pixels fill vectors better");
      case 5 -> Optional.of("one product for the inputs of all steps: weights are read once");
      case 6 -> Optional.of("one product a step for inputs and states: weights stay in the cache");
      case 8 -> Optional.of("bands of rows: what lies between stages stays in the cache");
      case 9 -> Optional.of("stage by stage: operands lie in planes");
      default -> Optional.empty();
    };
  }

  /** Whether a convolution is computed by a way other than gathering patches of planes. */
  boolean takesChannelsLast() {
    return Kernels.algorithm(address) != PATCHES;
  }

  /** Floats of scratch memory that the call wants. */
  long scratch() {
    return Kernels.scratch(address);
  }
}
