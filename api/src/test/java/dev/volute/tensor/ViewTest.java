package dev.volute.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ViewTest {
  /** Memory positions of the elements in row-major order, from the definition. */
  private static List<Long> positions(View view) {
    List<Long> result = new ArrayList<>();
    collect(view, 0, view.offset(), result);
    return result;
  }

  private static void collect(View view, int axis, long position, List<Long> result) {
    if (axis == view.shape().rank()) {
      result.add(position);
      return;
    }
    for (int i = 0; i < view.shape().dim(axis); i++) {
      collect(view, axis + 1, position + i * view.stride(axis), result);
    }
  }

  @Test
  void aReshapedViewHoldsTheSameElementsInTheSameOrder() {
    List<View> views =
        List.of(
            View.dense(Shape.of(2, 3, 4), 5),
            View.of(Shape.of(2, 3, 4), 0, 24, 8, 2),
            View.of(Shape.of(2, 3, 4), 0, 100, 4, 1),
            View.of(Shape.of(2, 3, 4), 7, 0, 0, 0),
            View.of(Shape.of(2, 3, 4), 23, -12, -4, -1),
            View.of(Shape.of(2, 3, 4), 0, 1, 2, 6),
            View.of(Shape.of(2, 1, 12), 0, 12, 99, 1));
    List<Shape> targets =
        List.of(
            Shape.of(24),
            Shape.of(6, 4),
            Shape.of(2, 12),
            Shape.of(2, 3, 2, 2),
            Shape.of(1, 2, 1, 3, 4, 1),
            Shape.of(4, 6));
    int expressible = 0;
    for (View view : views) {
      for (Shape target : targets) {
        Optional<View> reshaped = view.reshaped(target);
        if (reshaped.isPresent()) {
          expressible++;
          assertEquals(target, reshaped.get().shape());
          assertEquals(positions(view), positions(reshaped.get()), view + " as " + target);
        }
      }
    }
    assertTrue(expressible >= 25, "strides can express most of these, found " + expressible);
    assertTrue(View.of(Shape.of(2, 3), 0, 1, 2).reshaped(Shape.of(6)).isEmpty());
    assertTrue(View.of(Shape.of(0, 2, 3), 0, 6, 1, 2).reshaped(Shape.of(3, 0, 7)).isPresent());
  }

  @Test
  void denseMeansRowMajorWithoutGaps() {
    assertTrue(View.dense(Shape.of(3, 4), 17).isDense());
    assertTrue(View.of(Shape.of(3, 1, 4), 0, 4, 77, 1).isDense());
    assertTrue(View.of(Shape.of(3, 0), 0, 5, 5).isDense());
    assertTrue(View.of(Shape.of(0, 2, 3), 0, 6, 1, 2).isDense());
    assertFalse(View.of(Shape.of(3, 4), 0, 1, 3).isDense());
    assertFalse(View.of(Shape.of(3, 4), 0, 5, 1).isDense());
    assertFalse(View.of(Shape.of(3), 2, -1).isDense());
  }

  @Test
  void mistakesAreTold() {
    ShapeException negative = assertThrows(ShapeException.class, () -> Shape.of(3, -1));
    assertTrue(negative.getMessage().contains("[3, -1]"), negative.getMessage());
    assertThrows(ShapeException.class, () -> View.of(Shape.of(3, 4), 0, 1));
  }
}
