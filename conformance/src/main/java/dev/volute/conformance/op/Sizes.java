package dev.volute.conformance.op;

import dev.volute.tensor.Shape;
import java.util.List;

/** Sizes that catch what round sizes hide. */
final class Sizes {
  /** Lengths around the widths of vectors, tiles and unrolled loops. */
  static final List<Integer> LENGTHS = List.of(1, 2, 3, 7, 13, 17, 31, 64, 65, 100, 127);

  /** Shapes of any rank, with axes of length 1 and 0 among them. */
  static final List<Shape> SHAPES =
      List.of(
          Shape.scalar(),
          Shape.of(1),
          Shape.of(7),
          Shape.of(65),
          Shape.of(1000),
          Shape.of(3, 13),
          Shape.of(17, 31),
          Shape.of(127, 2),
          Shape.of(2, 3, 100),
          Shape.of(5, 1, 7, 3),
          Shape.of(2, 3, 1, 2, 7),
          Shape.of(2, 2, 3, 1, 2, 5),
          Shape.of(0),
          Shape.of(3, 0, 2),
          Shape.of(64, 65));

  private Sizes() {}
}
