package dev.volute.spi;

import dev.volute.tensor.DType;
import java.util.Optional;

/**
 * Kernels and memory on some hardware.
 *
 * <p>A backend runs every primitive of {@code dev.volute.graph}, F32 at least, over any strided
 * views, and claims the composites of {@code dev.volute.graph.composite} that it does faster; the
 * others reach it lowered to primitives. Operands of composites are row-major without gaps, or
 * channels last where the backend says that it takes or gives them so. Shapes were checked before:
 * a backend never validates them, and never sees a gradient rule.
 *
 * <p>It is deterministic: the same inputs give the same bits, from run to run and for any number of
 * threads. Several threads may use one backend at once, each with kernels of its own.
 */
public interface Backend extends AutoCloseable {
  /** The provider's name. */
  String name();

  /**
   * Memory for {@code elements} elements, not necessarily cleared.
   *
   * @throws OutOfMemoryException if there is not enough
   * @throws BackendException if the backend is closed or has no memory of this type
   */
  Memory allocate(DType dtype, long elements);

  /** The largest number of elements that one {@link Memory} of this type may have. */
  default long maximumElements(DType dtype) {
    return Long.MAX_VALUE / dtype.bytes();
  }

  /** Whether the backend runs this op with these types. True for every primitive in F32. */
  boolean claims(OpCall call);

  /**
   * Which algorithm a claimed call runs by, and why, in a few words for people; empty where there
   * is no choice. Decided by the call alone. Plans show it.
   */
  default Optional<String> algorithm(OpCall call) {
    return Optional.empty();
  }

  /**
   * Whether a claimed composite also takes an input {@link
   * dev.volute.tensor.MemoryFormat#CHANNELS_LAST channels last}, whatever the formats of its other
   * operands. A plan hands a value on channels last where the op that gives it and all that take it
   * say so; then none copies it. Does not depend on the formats in the call.
   */
  default boolean takesChannelsLast(OpCall call, int input) {
    return false;
  }

  /** The same of an output. */
  default boolean givesChannelsLast(OpCall call, int output) {
    return false;
  }

  /** What {@link #bind} will need besides the operands. */
  default Scratch scratch(OpCall call) {
    return Scratch.NONE;
  }

  /**
   * A kernel for fixed operands. Work that does not depend on their values is done here and not in
   * {@link Kernel#run}.
   *
   * @throws BackendException if the call is not claimed
   */
  Kernel bind(OpCall call, Operands operands);

  /** Ends the backend's threads. Memory that is still open stays the business of its owner. */
  @Override
  void close();
}
