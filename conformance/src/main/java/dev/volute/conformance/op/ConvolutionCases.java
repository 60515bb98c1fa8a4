package dev.volute.conformance.op;

import dev.volute.conformance.rule.Rule;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionFilterGradient;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.spi.OpCall;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Convolution and its gradients over one, two and three spatial axes. */
final class ConvolutionCases {
  private ConvolutionCases() {}

  /** A geometry with shapes that fit it. */
  private record Sample(ConvolutionGeometry geometry, Shape image, Shape filter) {
    Shape result() {
      return geometry.output(image, filter);
    }

    /** Terms of one sum of the result. */
    double terms() {
      return (double) filter.elements() / Math.max(1, filter.dim(0)) + 1;
    }
  }

  static void addTo(CaseList cases) {
    for (Sample sample : plain()) {
      forward(cases, Rule.CONV_1, sample, false, Activation.IDENTITY);
      gradients(cases, Rule.CONV_4, Rule.CONV_5, sample);
    }
    for (int i = 0; i < 40; i++) {
      Sample sample = random(cases, 2);
      forward(cases, Rule.CONV_2, sample, false, Activation.IDENTITY);
      gradients(cases, Rule.CONV_4, Rule.CONV_5, sample);
    }
    for (Activation activation : Activation.values()) {
      for (int i = 0; i < 3; i++) {
        forward(cases, Rule.CONV_3, random(cases, 2), true, activation);
        forward(cases, Rule.CONV_3, plain().get(i), i > 0, activation);
        withResidual(cases, random(cases, 2), i > 0, activation);
        withResidual(cases, plain().get(cases.random().nextInt(plain().size())), i > 0, activation);
      }
    }
    for (int axes : new int[] {1, 3}) {
      for (int i = 0; i < 8; i++) {
        Sample sample = random(cases, axes);
        forward(cases, Rule.CONV_6, sample, true, Activation.RELU);
        gradients(cases, Rule.CONV_6, Rule.CONV_6, sample);
      }
    }
    for (Sample sample : nearlyWholeVectors()) {
      forward(cases, Rule.CONV_1, sample, false, Activation.RELU);
      withResidual(cases, sample, true, Activation.RELU6);
      gradients(cases, Rule.CONV_4, Rule.CONV_5, sample);
    }
    joinedGradients(cases);
    nonFinite(cases);
    plainSums(cases);
  }

  private static void joinedGradients(CaseList cases) {
    for (Activation activation : Activation.values()) {
      boolean activated = activation != Activation.IDENTITY;
      for (boolean residual : activated ? new boolean[] {true, false} : new boolean[] {true}) {
        joinedGradient(cases, random(cases, 2), residual, activation);
        joinedGradient(cases, random(cases, 2), residual, activation);
        Sample sample = plain().get(cases.random().nextInt(plain().size()));
        joinedGradient(cases, sample, residual, activation);
        joinedGradient(cases, sample(2, 13, 20, 9, 3, 1, 1), residual, activation);
      }
    }
    for (int axes : new int[] {1, 3}) {
      joinedGradient(cases, random(cases, axes), true, Activation.RELU);
    }
    List<Sample> samples = new ArrayList<>(nearlyWholeVectors());
    samples.add(sample(2, 16, 32, 13, 3, 1, 1));
    samples.add(sample(2, 32, 16, 11, 3, 2, 1));
    samples.add(sample(3, 48, 16, 9, 1, 2, 0));
    for (Sample sample : samples) {
      joinedGradient(cases, sample, true, Activation.RELU);
      joinedGradient(cases, sample, true, Activation.IDENTITY);
      joinedGradient(cases, sample, false, Activation.RELU);
    }
  }

  private static Sample sample(
      int batch, int channels, int filters, int size, int kernel, int stride, int pad) {
    List<Integer> pads = List.of(pad, pad);
    return new Sample(
        new ConvolutionGeometry(List.of(stride, stride), pads, pads, List.of(1, 1), 1),
        Shape.of(batch, channels, size, size),
        Shape.of(filters, channels, kernel, kernel));
  }

  /** What networks are made of, in sizes that fill no tile, and in empty batches. */
  private static List<Sample> plain() {
    return List.of(
        sample(1, 1, 1, 1, 1, 1, 0),
        sample(2, 3, 7, 13, 3, 1, 1),
        sample(3, 2, 20, 17, 5, 1, 0),
        sample(1, 17, 13, 7, 3, 1, 1),
        sample(2, 13, 31, 7, 1, 1, 0),
        sample(2, 5, 65, 6, 3, 2, 1),
        sample(1, 64, 3, 5, 3, 1, 1),
        sample(13, 1, 2, 3, 3, 1, 0),
        sample(2, 3, 4, 5, 5, 1, 4),
        sample(2, 3, 4, 31, 7, 2, 3),
        sample(1, 2, 3, 11, 2, 5, 0),
        sample(1, 3, 2, 65, 4, 3, 2),
        sample(0, 3, 4, 7, 3, 1, 1));
  }

  /** Channels that nearly fill vectors: they may lie side by side where fewer would not pay. */
  private static List<Sample> nearlyWholeVectors() {
    List<Integer> one = List.of(1, 1);
    Sample channelByChannel =
        new Sample(
            new ConvolutionGeometry(List.of(2, 1), one, one, one, 31),
            Shape.of(2, 31, 9, 7),
            Shape.of(31, 1, 3, 3));
    return List.of(
        sample(2, 13, 29, 7, 3, 1, 1),
        sample(1, 31, 16, 9, 3, 2, 1),
        sample(2, 16, 30, 8, 1, 2, 0),
        sample(1, 14, 45, 6, 5, 1, 2),
        sample(3, 15, 13, 12, 1, 1, 0),
        sample(1, 61, 15, 13, 3, 1, 1),
        channelByChannel);
  }

  /** Any strides, dilations, groups and padding on each side. */
  private static Sample random(CaseList cases, int axes) {
    List<Integer> strides = new ArrayList<>();
    List<Integer> before = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    List<Integer> dilations = new ArrayList<>();
    int groups = cases.oneOf(1, 1, 2, 3);
    int depth = 1 + cases.random().nextInt(5);
    int perGroup = 1 + cases.random().nextInt(9);
    Shape image = Shape.of(1 + cases.random().nextInt(3), groups * depth);
    Shape filter = Shape.of(groups * perGroup, depth);
    for (int axis = 0; axis < axes; axis++) {
      int kernel = 1 + cases.random().nextInt(axes == 3 ? 3 : 5);
      int dilation = cases.oneOf(1, 1, 2, 3);
      int span = (kernel - 1) * dilation + 1;
      strides.add(cases.oneOf(1, 1, 2, 3));
      before.add(cases.random().nextInt(kernel + 1));
      after.add(cases.random().nextInt(kernel + 1));
      dilations.add(dilation);
      filter = filter.append(kernel);
      image = image.append(span + cases.random().nextInt(axes == 3 ? 5 : 20));
    }
    return new Sample(
        new ConvolutionGeometry(strides, before, after, dilations, groups), image, filter);
  }

  private static void forward(
      CaseList cases, Rule rule, Sample sample, boolean bias, Activation activation) {
    forward(cases, rule, sample, new Convolution(sample.geometry, bias, activation));
  }

  private static void withResidual(
      CaseList cases, Sample sample, boolean bias, Activation activation) {
    forward(cases, Rule.CONV_3, sample, new Convolution(sample.geometry, bias, true, activation));
  }

  private static void forward(CaseList cases, Rule rule, Sample sample, Convolution op) {
    CaseList.Draft draft =
        cases.of(rule, op).in(sample.image, Values.uniform()).in(sample.filter, Values.uniform());
    if (op.bias()) {
      draft.in(Shape.of(sample.filter.dim(0)), Values.uniform());
    }
    if (op.residual()) {
      draft.in(sample.result(), Values.uniform());
    }
    double terms = sample.terms() + (op.residual() ? 1 : 0);
    draft.anyBindingOrConstant().allow(errors(terms));
  }

  /**
   * The bound of a convolution's result.
   *
   * @param terms of one sum
   */
  static ErrorModel errors(double terms) {
    return e -> ActivationErrors.afterTransformed(withoutActivation(e), terms, e);
  }

  private static OpCall withoutActivation(ErrorModel.Evaluation e) {
    Convolution op = (Convolution) e.call().op();
    return OpCall.of(
        new Convolution(op.geometry(), op.bias(), op.residual(), Activation.IDENTITY),
        e.call().inputs());
  }

  private static void gradients(CaseList cases, Rule toImage, Rule toFilter, Sample sample) {
    double positions = sample.result().elements() / Math.max(1, sample.filter.dim(0));
    cases
        .of(toImage, new ConvolutionInputGradient(sample.geometry, sample.image))
        .in(sample.filter, Values.uniform())
        .in(sample.result(), Values.uniform())
        .anyBindingOrConstant()
        .allow(
            ErrorModel.transformedSums(
                (double) sample.filter.elements() / Math.max(1, sample.filter.dim(1))));
    cases
        .of(toFilter, new ConvolutionFilterGradient(sample.geometry, sample.filter))
        .in(sample.image, Values.uniform())
        .in(sample.result(), Values.uniform())
        .anyBinding()
        .allow(ErrorModel.transformedSums(positions));
  }

  private static void joinedGradient(
      CaseList cases, Sample sample, boolean residual, Activation activation) {
    ConvolutionInputGradient op =
        new ConvolutionInputGradient(sample.geometry, sample.image, residual, activation);
    CaseList.Draft draft =
        cases
            .of(Rule.CONV_9, op)
            .in(sample.filter, Values.uniform())
            .in(sample.result(), Values.uniform());
    if (residual) {
      draft.in(sample.image, Values.uniform());
    }
    if (activation != Activation.IDENTITY) {
      draft.in(sample.image, results(activation));
    }
    double terms = (double) sample.filter.elements() / Math.max(1, sample.filter.dim(1)) + 1;
    draft
        .anyBindingOrConstant()
        .allow(
            e ->
                ActivationErrors.afterTransformed(
                    withoutActivation(op, e).call(), terms, withoutActivation(op, e)));
  }

  /** The same sums before the activation's gradient, which enlarges no error. */
  private static ErrorModel.Evaluation withoutActivation(
      ConvolutionInputGradient op, ErrorModel.Evaluation e) {
    int inputs = op.resultInput();
    OpCall sums =
        OpCall.of(
            new ConvolutionInputGradient(
                op.geometry(), op.image(), op.residual(), Activation.IDENTITY),
            e.call().inputs().subList(0, inputs));
    return new ErrorModel.Evaluation(sums, e.inputs().subList(0, inputs), e.before(), e.outputs());
  }

  /** What an activation can give, its bounds often. */
  private static Values results(Activation activation) {
    double low = activation == Activation.TANH ? -1 : 0;
    double high = activation == Activation.RELU6 ? Activation.SIX : 1;
    return new Values(
        DType.F32,
        (i, count, random) ->
            Math.max(low, Math.min(high, low - 1 + (high - low + 2) * random.nextDouble())));
  }

  /**
   * One large number in a corner: sums that do not meet it must be as accurate as if it were not
   * there, though a tile of minimal filtering has them beside it.
   */
  private static void plainSums(CaseList cases) {
    Values corner =
        new Values(DType.F32, (i, count, random) -> i == 0 ? 0x1p20 : 2 * random.nextDouble() - 1);
    for (Sample sample :
        List.of(
            sample(2, 16, 32, 13, 3, 1, 1),
            sample(1, 33, 17, 14, 3, 1, 1),
            sample(9, 20, 24, 9, 3, 1, 0))) {
      cases
          .of(Rule.CONV_8, new Convolution(sample.geometry, false, Activation.IDENTITY))
          .in(sample.image, corner)
          .in(sample.filter, Values.uniform())
          .allowPlainSums(sample.terms());
      cases
          .of(Rule.CONV_8, new ConvolutionInputGradient(sample.geometry, sample.image))
          .in(sample.filter, Values.uniform())
          .in(sample.result(), corner)
          .allowPlainSums((double) sample.filter.elements() / sample.filter.dim(1));
      cases
          .of(Rule.CONV_8, new ConvolutionFilterGradient(sample.geometry, sample.filter))
          .in(sample.image, corner)
          .in(sample.result(), Values.uniform())
          .allowPlainSums((double) sample.result().elements() / sample.filter.dim(0));
    }
  }

  /**
   * One number that is not finite, and what must come of it where it is met. Kernels that transform
   * whole tiles may spread it further.
   */
  private static void nonFinite(CaseList cases) {
    for (double special : List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY)) {
      Values image =
          new Values(
              DType.F32,
              (i, count, random) -> i == count / 2 ? special : 2 * random.nextDouble() - 1);
      Values filter = Values.between(0.5, 1);
      for (Sample sample : List.of(sample(2, 3, 4, 9, 3, 1, 1), sample(1, 2, 5, 7, 1, 1, 0))) {
        for (Activation activation : List.of(Activation.IDENTITY, Activation.RELU)) {
          cases
              .of(Rule.CONV_7, new Convolution(sample.geometry, true, activation))
              .in(sample.image, image)
              .in(sample.filter, filter)
              .in(Shape.of(sample.filter.dim(0)), Values.uniform())
              .allow(errors(sample.terms()));
        }
        cases
            .of(Rule.CONV_7, new ConvolutionInputGradient(sample.geometry, sample.image))
            .in(sample.filter, filter)
            .in(sample.result(), image)
            .allow(ErrorModel.classOfNumber());
      }
    }
  }
}
