package dev.volute.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.volute.VoluteException;
import dev.volute.tensor.Shape;
import dev.volute.tensor.ShapeException;
import dev.volute.tensor.Tensor;
import org.junit.jupiter.api.Test;

class DatasetTest {
  private final Dataset data =
      Dataset.of(
          Tensor.of(Shape.of(5, 2), 0, 1, 10, 11, 20, 21, 30, 31, 40, 41),
          Tensor.of(Shape.of(5), 0.0, 1.0, 2.0, 3.0, 4.0));

  @Test
  void batchGathersRowsOfEveryElementType() {
    Batch batch = data.batch(3, 0, 3);
    assertEquals(3, batch.size());
    assertEquals(Tensor.of(Shape.of(3, 2), 30, 31, 0, 1, 30, 31), batch.inputs());
    assertEquals(Tensor.of(Shape.of(3), 3.0, 0.0, 3.0), batch.targets());
  }

  @Test
  void sliceIsAViewOfARange() {
    Dataset slice = data.slice(1, 4);
    assertEquals(3, slice.size());
    assertEquals(Tensor.of(Shape.of(1, 2), 30, 31), slice.batch(2).inputs());
    assertEquals(0, data.slice(5, 5).size());
  }

  @Test
  void selectTakesAnyOrder() {
    Dataset selection = data.select(4, 4, 1).select(2, 0);
    assertEquals(Tensor.of(Shape.of(2), 1.0, 4.0), selection.batch(0, 1).targets());
  }

  @Test
  void splitIsWithoutOverlapOrLoss() {
    Dataset.Split split = data.split(2);
    assertEquals(2, split.first().size());
    assertEquals(3, split.second().size());
    assertEquals(Tensor.of(Shape.of(2), 0.0, 1.0), split.first().batch(0, 1).targets());
    assertEquals(Tensor.of(Shape.of(3), 2.0, 3.0, 4.0), split.second().batch(0, 1, 2).targets());
  }

  @Test
  void numbersOutsideTheDataSet() {
    assertEquals("Sample 5 is not in a data set of 5", messageOf(() -> data.batch(0, 5)));
    assertEquals("Sample -1 is not in a data set of 5", messageOf(() -> data.batch(-1)));
    assertEquals("Sample 5 is not in a data set of 5", messageOf(() -> data.select(5)));
    assertEquals("Sample 2 is not in a data set of 2", messageOf(() -> data.slice(0, 2).batch(2)));
    assertEquals(
        "Samples 3 to 6 are not inside a data set of 5", messageOf(() -> data.slice(3, 6)));
    assertEquals(
        "Samples 3 to 2 are not inside a data set of 5", messageOf(() -> data.slice(3, 2)));
    assertEquals("Samples 0 to -1 are not inside a data set of 5", messageOf(() -> data.split(-1)));
  }

  @Test
  void inputsAndTargetsMustPair() {
    ShapeException error =
        assertThrows(
            ShapeException.class,
            () -> Dataset.of(Tensor.of(Shape.of(2, 1), 1f, 2f), Tensor.of(Shape.of(3), 1, 2, 3)));
    assertEquals(
        "Inputs F32[2, 1] and targets I32[3] do not have the same number of samples on axis 0",
        error.getMessage());
    assertThrows(
        ShapeException.class, () -> Dataset.of(Tensor.scalar(1), Tensor.of(Shape.of(1), 1)));
  }

  private static String messageOf(Runnable action) {
    return assertThrows(VoluteException.class, action::run).getMessage();
  }
}
