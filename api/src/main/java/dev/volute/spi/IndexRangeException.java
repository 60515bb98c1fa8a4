package dev.volute.spi;

import dev.volute.VoluteException;

/** An index, class label or token id that lies outside the table or the classes it points into. */
public final class IndexRangeException extends VoluteException {
  private static final long serialVersionUID = 1L;

  private final long position;
  private final int index;
  private final int bound;

  /**
   * @param position where in the tensor of indices, counted row-major
   * @param index the index met
   * @param bound indices are 0 to {@code bound - 1}
   */
  public IndexRangeException(long position, int index, int bound) {
    super("Index " + index + " at position " + position + " is not between 0 and " + (bound - 1));
    this.position = position;
    this.index = index;
    this.bound = bound;
  }

  public long position() {
    return position;
  }

  public int index() {
    return index;
  }

  public int bound() {
    return bound;
  }
}
