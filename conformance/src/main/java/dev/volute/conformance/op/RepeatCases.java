package dev.volute.conformance.op;

import dev.volute.conformance.rule.Rule;
import dev.volute.graph.Accumulate;
import dev.volute.graph.Binary;
import dev.volute.graph.Copy;
import dev.volute.graph.Fill;
import dev.volute.graph.Gather;
import dev.volute.graph.MatMul;
import dev.volute.graph.Op;
import dev.volute.graph.RandomUniform;
import dev.volute.graph.Reduce;
import dev.volute.graph.ScatterAdd;
import dev.volute.graph.Select;
import dev.volute.graph.Unary;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.AdamUpdate;
import dev.volute.graph.composite.AveragePool;
import dev.volute.graph.composite.AveragePoolGradient;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionFilterGradient;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.graph.composite.Dropout;
import dev.volute.graph.composite.Linear;
import dev.volute.graph.composite.MaxPool;
import dev.volute.graph.composite.MaxPoolGradient;
import dev.volute.graph.composite.PoolGeometry;
import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.graph.composite.RecurrentGradient;
import dev.volute.graph.composite.SgdUpdate;
import dev.volute.graph.composite.Softmax;
import dev.volute.graph.composite.SoftmaxCrossEntropy;
import dev.volute.graph.composite.SoftmaxCrossEntropyGradient;
import dev.volute.graph.composite.SoftmaxGradient;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.List;

/** Ops with so much to do that a backend divides the work among threads. */
final class RepeatCases {
  /** Numbers whose sum depends on the order of adding. */
  private static final Values WIDE = Values.magnitudes(-12, 12);

  private static final Values ORDINARY = Values.uniform();

  private RepeatCases() {}

  private static CaseList.Draft of(CaseList cases, Op op) {
    return cases.of(Rule.DETERMINISM_2, op);
  }

  static void addTo(CaseList cases) {
    primitives(cases);
    products(cases);
    spatial(cases);
    for (RecurrentCell cell : RecurrentCell.values()) {
      recurrent(cases, cell);
    }
    Shape rows = Shape.of(701, 129);
    of(cases, new Softmax()).in(rows, ORDINARY).repeat();
    of(cases, new SoftmaxCrossEntropy())
        .in(rows, ORDINARY)
        .in(Shape.of(701), Values.integers(0, 129))
        .repeat();
    of(cases, new SoftmaxGradient()).in(rows, Values.between(0, 1)).in(rows, WIDE).repeat();
    of(cases, new SoftmaxCrossEntropyGradient())
        .in(rows, Values.between(0, 1))
        .in(Shape.of(701), Values.integers(0, 129))
        .in(Shape.of(701), WIDE)
        .repeat();
    Shape many = Shape.of(200_003);
    of(cases, new Dropout(0.5, 1))
        .in(many, ORDINARY)
        .in(Shape.of(3), Values.fixedIntegers(1, 2, 3))
        .repeat();
    of(cases, new SgdUpdate(0.9, true, 0.01))
        .in(many, ORDINARY)
        .in(many, ORDINARY)
        .in(many, ORDINARY)
        .in(Shape.scalar(), Values.fixed(1e-3))
        .repeat();
    of(cases, new AdamUpdate(0.9, 0.999, 1e-8, 0.01, true))
        .in(many, ORDINARY)
        .in(many, ORDINARY)
        .in(many, ORDINARY)
        .in(many, Values.between(0, 1))
        .in(Shape.scalar(), Values.fixed(1e-3))
        .in(Shape.scalar(), Values.fixed(3))
        .repeat();
  }

  private static void primitives(CaseList cases) {
    Shape many = Shape.of(701, 307);
    of(cases, new Unary(Unary.Function.TANH)).in(many, ORDINARY).repeat();
    of(cases, new Binary(Binary.Function.ADD))
        .in(many, WIDE)
        .in(many, WIDE, Layout.BROADCAST)
        .repeat();
    of(cases, new Copy(DType.F32)).in(many, WIDE, Layout.SCATTERED).repeat();
    of(cases, new Accumulate())
        .in(Shape.of(500, 301), WIDE)
        .before(WIDE)
        .to(Layout.OVERLAPPING)
        .repeat();
    for (List<Integer> axes : List.of(List.of(0), List.of(1), List.of(0, 1))) {
      for (Shape shape : List.of(many, Shape.of(3, 70_001), Shape.of(70_001, 3))) {
        of(cases, new Reduce(Reduce.Function.SUM, axes)).in(shape, WIDE).repeat();
      }
    }
    of(cases, new Reduce(Reduce.Function.ARGMAX, List.of(0))).in(many, Values.repeated()).repeat();
    of(cases, new ScatterAdd(7))
        .in(Shape.of(5_003), Values.integers(0, 7))
        .in(Shape.of(5_003, 65), WIDE)
        .repeat();
    of(cases, new Fill(0.1, new TensorType(DType.F32, many))).repeat();
    of(cases, new Select()).in(many, Values.conditions()).in(many, WIDE).in(many, WIDE).repeat();
    of(cases, new Gather())
        .in(Shape.of(701, 65), WIDE)
        .in(Shape.of(5_003), Values.integers(0, 701))
        .repeat();
    of(cases, new RandomUniform(many, 1)).in(Shape.of(3), Values.fixedIntegers(5, 6, 7)).repeat();
  }

  private static void products(CaseList cases) {
    for (int[] size :
        List.of(
            new int[] {257, 129, 131},
            new int[] {3, 4_001, 5},
            new int[] {1, 300, 3_001},
            new int[] {2_001, 17, 3},
            new int[] {13, 2_003, 100})) {
      of(cases, new MatMul(1, 0))
          .in(Shape.of(size[0], size[1]), WIDE)
          .in(Shape.of(size[1], size[2]), WIDE)
          .repeat();
    }
    of(cases, new MatMul(1, 1))
        .in(Shape.of(65, 127), WIDE, Layout.SCATTERED)
        .in(Shape.of(127, 200), WIDE, Layout.SCATTERED)
        .in(Shape.of(65, 200), WIDE, Layout.BROADCAST)
        .repeat();
    of(cases, new MatMul(1, 0))
        .in(Shape.of(17, 31, 65), WIDE)
        .in(Shape.of(17, 65, 33), WIDE)
        .repeat();
    of(cases, new Linear(Activation.RELU, true))
        .in(Shape.of(129, 500), WIDE)
        .in(Shape.of(500, 131), WIDE)
        .in(Shape.of(131), WIDE)
        .repeat();
  }

  private static void spatial(CaseList cases) {
    ConvolutionGeometry geometry =
        new ConvolutionGeometry(List.of(1, 1), List.of(1, 1), List.of(1, 1), List.of(1, 1), 1);
    Shape image = Shape.of(7, 13, 29, 31);
    Shape filter = Shape.of(31, 13, 3, 3);
    Shape result = geometry.output(image, filter);
    of(cases, new Convolution(geometry, true, Activation.RELU))
        .in(image, WIDE)
        .in(filter, WIDE)
        .in(Shape.of(31), WIDE)
        .repeat();
    of(cases, new ConvolutionInputGradient(geometry, image))
        .in(filter, WIDE)
        .in(result, WIDE)
        .repeat();
    of(cases, new ConvolutionInputGradient(geometry, image, true, Activation.RELU))
        .in(filter, WIDE)
        .in(result, WIDE)
        .in(image, WIDE)
        .in(image, ORDINARY)
        .repeat();
    of(cases, new ConvolutionFilterGradient(geometry, filter))
        .in(image, WIDE)
        .in(result, WIDE)
        .repeat();
    PoolGeometry pool =
        new PoolGeometry(List.of(3, 3), List.of(2, 2), List.of(1, 1), List.of(1, 1));
    of(cases, new MaxPool(pool, true)).in(image, Values.repeated()).repeat();
    of(cases, new MaxPoolGradient(pool, image))
        .in(pool.output(image), Values.fixedIntegers(4))
        .in(pool.output(image), WIDE)
        .repeat();
    of(cases, new AveragePool(pool, false)).in(image, WIDE).repeat();
    of(cases, new AveragePoolGradient(pool, true, image)).in(pool.output(image), WIDE).repeat();
    Shape channels = Shape.of(13);
    of(cases, new BatchNormTraining(1e-5, Activation.RELU))
        .in(image, WIDE)
        .in(channels, ORDINARY)
        .in(channels, ORDINARY)
        .repeat();
    of(cases, new BatchNormInference(1e-5, Activation.TANH))
        .in(image, WIDE)
        .in(channels, ORDINARY)
        .in(channels, ORDINARY)
        .in(channels, ORDINARY)
        .in(channels, Values.between(0.5, 2))
        .repeat();
    of(cases, new BatchNormGradient(1e-5))
        .in(image, WIDE)
        .in(channels, ORDINARY)
        .in(channels, ORDINARY)
        .in(channels, Values.between(0.5, 2))
        .in(image, WIDE)
        .repeat();
  }

  private static void recurrent(CaseList cases, RecurrentCell cell) {
    int batch = 33;
    int time = 7;
    int units = 65;
    List<OpCase.Input> inputs = RecurrentCases.inputs(cell, new int[] {batch, time, 31, units});
    CaseList.Draft forward = of(cases, new Recurrent(cell, true));
    CaseList.Draft backward = of(cases, new RecurrentGradient(cell));
    for (OpCase.Input input : inputs) {
      forward.in(input.shape(), input.values());
      backward.in(input.shape(), input.values());
    }
    forward.repeat();
    Shape sequence = Shape.of(batch, time, units);
    backward.in(sequence, ORDINARY);
    if (cell.reserve() > 0) {
      backward.in(sequence.with(2, cell.reserve() * units), Values.between(0, 1));
    }
    backward.in(sequence, ORDINARY).in(Shape.of(batch, units), ORDINARY);
    if (cell.hasCellState()) {
      backward.in(Shape.of(batch, units), ORDINARY);
    }
    backward.repeat();
  }
}
