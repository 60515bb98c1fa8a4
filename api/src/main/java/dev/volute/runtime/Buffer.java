package dev.volute.runtime;

import dev.volute.graph.Op;
import dev.volute.tensor.DType;

/**
 * A run of elements that a plan reserves. Lifetimes count nodes in the order of execution.
 *
 * <p>Slab buffers share the slab with others that live at other times; variables live in the
 * model's memory; constants are filled once, when the plan is compiled.
 */
final class Buffer {
  enum Kind {
    SLAB,
    VARIABLE,
    CONSTANT
  }

  /** Elements to which slab offsets are rounded: 64 bytes of F32, a cache line. */
  static final int ALIGNMENT = 16;

  final Kind kind;
  final DType dtype;
  final long elements;

  /**
   * The {@code Variable}, {@code Constant} or {@code Fill} that a buffer outside the slab holds.
   */
  final Op source;

  int firstUse;
  int lastUse;
  long offset;

  private Buffer(Kind kind, DType dtype, long elements, Op source, int firstUse, int lastUse) {
    this.kind = kind;
    this.dtype = dtype;
    this.elements = elements;
    this.source = source;
    this.firstUse = firstUse;
    this.lastUse = lastUse;
  }

  static Buffer slab(Op source, DType dtype, long elements, int firstUse, int lastUse) {
    return new Buffer(Kind.SLAB, dtype, elements, source, firstUse, lastUse);
  }

  static Buffer outside(Kind kind, Op source, DType dtype, long elements) {
    return new Buffer(kind, dtype, elements, source, 0, Integer.MAX_VALUE);
  }

  boolean livesWith(Buffer other) {
    return firstUse <= other.lastUse && other.firstUse <= lastUse;
  }
}
