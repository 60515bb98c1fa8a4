package dev.volute.conformance.op;

import dev.volute.conformance.rule.Rule;
import dev.volute.graph.composite.AveragePool;
import dev.volute.graph.composite.AveragePoolGradient;
import dev.volute.graph.composite.MaxPool;
import dev.volute.graph.composite.MaxPoolGradient;
import dev.volute.graph.composite.PoolGeometry;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Pooling and its gradients over one, two and three spatial axes. */
final class PoolCases {
  private PoolCases() {}

  private record Sample(PoolGeometry geometry, Shape image) {
    Shape result() {
      return geometry.output(image);
    }
  }

  static void addTo(CaseList cases) {
    for (Sample sample : plain()) {
      add(cases, sample, false);
    }
    for (int i = 0; i < 25; i++) {
      add(cases, random(cases, 2), false);
    }
    for (int axes : new int[] {1, 3}) {
      for (int i = 0; i < 6; i++) {
        add(cases, random(cases, axes), true);
      }
    }
  }

  private static Sample sample(int batch, int channels, int size, int window, int stride, int pad) {
    List<Integer> pads = List.of(pad, pad);
    return new Sample(
        new PoolGeometry(List.of(window, window), List.of(stride, stride), pads, pads),
        Shape.of(batch, channels, size, size));
  }

  private static List<Sample> plain() {
    return List.of(
        sample(2, 3, 24, 2, 2, 0),
        sample(1, 17, 13, 3, 2, 1),
        sample(3, 2, 7, 7, 1, 0),
        sample(1, 1, 1, 1, 1, 0),
        sample(2, 5, 65, 2, 3, 0),
        sample(2, 2, 17, 3, 1, 1),
        sample(2, 13, 9, 3, 2, 1),
        sample(1, 31, 8, 2, 2, 0),
        sample(0, 3, 8, 2, 2, 0));
  }

  private static Sample random(CaseList cases, int axes) {
    List<Integer> window = new ArrayList<>();
    List<Integer> strides = new ArrayList<>();
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    Shape image = Shape.of(1 + cases.random().nextInt(3), 1 + cases.random().nextInt(5));
    for (int axis = 0; axis < axes; axis++) {
      int length = 1 + cases.random().nextInt(axes == 3 ? 3 : 5);
      window.add(length);
      strides.add(1 + cases.random().nextInt(4));
      before.add(cases.random().nextInt(length));
      after.add(cases.random().nextInt(length));
      image = image.append(length + cases.random().nextInt(axes == 3 ? 5 : 30));
    }
    return new Sample(new PoolGeometry(window, strides, before, after), image);
  }

  /**
   * @param otherAxes whether all is about the number of axes
   */
  private static void add(CaseList cases, Sample sample, boolean otherAxes) {
    Values ties = Values.repeated();
    Values x = cases.oneOf(Values.uniform(), ties);
    Values special = Values.rarely(Double.NaN, Double.POSITIVE_INFINITY);
    int cells = sample.geometry.cells();
    for (Values values : List.of(x, special)) {
      cases
          .of(otherAxes ? Rule.POOL_6 : Rule.POOL_1, new MaxPool(sample.geometry, false))
          .in(sample.image, values)
          .anyBinding()
          .allow(ErrorModel.exact());
    }
    for (Values values : List.of(ties, special)) {
      cases
          .of(otherAxes ? Rule.POOL_6 : Rule.POOL_2, new MaxPool(sample.geometry, true))
          .in(sample.image, values)
          .anyBinding()
          .allow(ErrorModel.exact());
    }
    cases
        .of(
            otherAxes ? Rule.POOL_6 : Rule.POOL_3,
            new MaxPoolGradient(sample.geometry, sample.image))
        .in(sample.result(), indices(sample))
        .in(sample.result(), Values.uniform())
        .anyBinding()
        .allow(ErrorModel.sums(cells));
    for (boolean countPadding : new boolean[] {false, true}) {
      cases
          .of(otherAxes ? Rule.POOL_6 : Rule.POOL_4, new AveragePool(sample.geometry, countPadding))
          .in(sample.image, Values.uniform())
          .anyBinding()
          .allow(ErrorModel.sums(cells + 2));
      cases
          .of(
              otherAxes ? Rule.POOL_6 : Rule.POOL_5,
              new AveragePoolGradient(sample.geometry, countPadding, sample.image))
          .in(sample.result(), Values.uniform())
          .anyBinding()
          .allow(ErrorModel.sums(cells + 2));
    }
  }

  /** Places that lie inside the image: those that maximum pooling gives. */
  private static Values indices(Sample sample) {
    PlaneCells cells = new PlaneCells(sample.geometry, sample.image);
    return new Values(
        DType.I32,
        (i, count, random) -> {
          int[] inside = cells.inside(i);
          return inside[random.nextInt(inside.length)];
        });
  }
}
