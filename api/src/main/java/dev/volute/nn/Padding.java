package dev.volute.nn;

/**
 * Zeros around an image before a convolution or a pooling window passes over it. With input length
 * M and kernel length N, stride 1, the output has length M-N+1 (valid), M (same), M+N-1 (full).
 */
public record Padding(Mode mode, int top, int bottom, int left, int right) {
  /** How the amounts are found. */
  public enum Mode {
    VALID,
    SAME,
    FULL,
    EXPLICIT
  }

  public Padding {
    if (top < 0 || bottom < 0 || left < 0 || right < 0) {
      throw new IllegalArgumentException(
          "Padding is not negative: %d, %d, %d, %d".formatted(top, bottom, left, right));
    }
  }

  /** No padding. */
  public static Padding valid() {
    return new Padding(Mode.VALID, 0, 0, 0, 0);
  }

  /** As much as makes the output ceil(length / stride) long; an odd remainder goes after. */
  public static Padding same() {
    return new Padding(Mode.SAME, 0, 0, 0, 0);
  }

  /** As much as lets the kernel touch the image with its last cell only. */
  public static Padding full() {
    return new Padding(Mode.FULL, 0, 0, 0, 0);
  }

  /** The same amount on all four sides. */
  public static Padding of(int everywhere) {
    return of(everywhere, everywhere, everywhere, everywhere);
  }

  public static Padding of(int top, int bottom, int left, int right) {
    return new Padding(Mode.EXPLICIT, top, bottom, left, right);
  }

  /**
   * Zeros before and after one axis.
   *
   * @param axis 0 for height, 1 for width
   * @param span extent of the dilated kernel
   */
  int[] amounts(int axis, int length, int span, int stride) {
    return switch (mode) {
      case VALID -> new int[] {0, 0};
      case FULL -> new int[] {span - 1, span - 1};
      case EXPLICIT -> axis == 0 ? new int[] {top, bottom} : new int[] {left, right};
      case SAME -> {
        int outputs = (length + stride - 1) / stride;
        int total = Math.max(0, (outputs - 1) * stride + span - length);
        yield new int[] {total / 2, total - total / 2};
      }
    };
  }

  @Override
  public String toString() {
    return mode == Mode.EXPLICIT
        ? "%d %d %d %d".formatted(top, bottom, left, right)
        : mode.name().toLowerCase(java.util.Locale.ROOT);
  }
}
