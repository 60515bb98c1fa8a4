package dev.volute.bench.kernel;

import dev.volute.graph.composite.AveragePool;
import dev.volute.graph.composite.AveragePoolGradient;
import dev.volute.graph.composite.MaxPool;
import dev.volute.graph.composite.MaxPoolGradient;
import dev.volute.graph.composite.PoolGeometry;
import dev.volute.tensor.DType;
import dev.volute.tensor.TensorType;
import java.util.List;
import org.openjdk.jmh.annotations.Param;

/** Pooling of a batch of images in windows that lie side by side, or that overlap. */
public class Pooling extends KernelBenchmark {
  private static final TensorType IMAGE = TensorType.f32(64, 64, 32, 32);

  /** What is computed. */
  public enum Pass {
    /** Largest values. */
    MAX,
    /** Largest values and their places, as a training step wants them. */
    MAX_WITH_PLACES,
    /** From places back to the image. */
    MAX_GRADIENT,
    /** Means. */
    AVERAGE,
    /** From means back to the image. */
    AVERAGE_GRADIENT
  }

  /** Length of the square window; the stride is 2. */
  @Param({"2", "3"})
  public int window;

  /** Direction. */
  @Param public Pass pass = Pass.MAX;

  @Override
  Work work() {
    List<Integer> padding = List.of(window / 3, window / 3);
    PoolGeometry geometry =
        new PoolGeometry(List.of(window, window), List.of(2, 2), padding, padding);
    TensorType result = IMAGE.withShape(geometry.output(IMAGE.shape()));
    return switch (pass) {
      case MAX -> Work.of(new MaxPool(geometry, false), IMAGE);
      case MAX_WITH_PLACES -> Work.of(new MaxPool(geometry, true), IMAGE);
      case MAX_GRADIENT ->
          // The first cell of a padded window may lie outside; the last is always inside.
          Work.of(
                  new MaxPoolGradient(geometry, IMAGE.shape()),
                  new TensorType(DType.I32, result.shape()),
                  result)
              .indicesBelow(1);
      case AVERAGE -> Work.of(new AveragePool(geometry, false), IMAGE);
      case AVERAGE_GRADIENT ->
          Work.of(new AveragePoolGradient(geometry, false, IMAGE.shape()), result);
    };
  }
}
