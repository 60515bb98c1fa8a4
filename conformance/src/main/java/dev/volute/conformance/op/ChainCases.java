package dev.volute.conformance.op;

import dev.volute.conformance.reference.ReferenceOps;
import dev.volute.conformance.rule.Rule;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionChain;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.spi.OpCall;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Chains of convolutions, as blocks of networks for small machines have them: some small, some with
 * results between stages that are larger than a cache, which alone make a chain worth claiming.
 */
final class ChainCases {
  private ChainCases() {}

  /** A stage with the shape of its filter. */
  private record Stage(Convolution op, Shape filter) {}

  static void addTo(CaseList cases) {
    for (Activation activation : Activation.values()) {
      for (int[] size : new int[][] {{1, 1, 1, 1, 1}, {2, 5, 17, 9, 7}, {0, 3, 4, 5, 5}}) {
        Shape image = Shape.of(size[0], size[1], size[3], size[4]);
        chain(cases, image, wide(size[1], size[2], activation), apart(size[2], 3, 1, 1, 1));
        chain(
            cases,
            image,
            wide(size[1], size[2], activation),
            apart(size[2], 3, 1, 1, 1),
            narrow(size[2], size[1], activation));
      }
    }
    chain(
        cases,
        Shape.of(2, 3, 17),
        new Stage(
            new Convolution(geometry(1, 2, 1, 1, 1), true, Activation.RELU), Shape.of(7, 3, 5)),
        new Stage(
            new Convolution(geometry(1, 1, 2, 1, 7), false, Activation.IDENTITY),
            Shape.of(7, 1, 3)));
    large(cases);
    Stage[] many = {
      wide(5, 40, Activation.RELU6), apart(40, 3, 1, 1, 1), narrow(40, 5, Activation.RELU)
    };
    draft(cases, Rule.DETERMINISM_2, Shape.of(1, 5, 93, 94), many).repeat();
  }

  /** With a megabyte and more between stages. */
  private static void large(CaseList cases) {
    chain(
        cases,
        Shape.of(1, 5, 87, 89),
        wide(5, 35, Activation.RELU6),
        apart(35, 3, 1, 1, 1),
        narrow(35, 5, Activation.IDENTITY));
    chain(cases, Shape.of(2, 3, 90, 91), wide(3, 48, Activation.RELU), apart(48, 3, 1, 2, 1));
    chain(cases, Shape.of(1, 7, 99, 83), wide(7, 33, Activation.TANH), apart(33, 5, 4, 3, 2));
    chain(cases, Shape.of(1, 34, 80, 104), apart(34, 3, 1, 1, 1), wide(34, 13, Activation.SIGMOID));
    chain(cases, Shape.of(1, 16, 129, 130), apart(16, 3, 2, 1, 2), narrow(16, 3, Activation.RELU));
  }

  private static ConvolutionGeometry geometry(
      int axes, int pad, int stride, int dilation, int groups) {
    List<Integer> pads = new ArrayList<>();
    List<Integer> strides = new ArrayList<>();
    List<Integer> dilations = new ArrayList<>();
    for (int axis = 0; axis < axes; axis++) {
      pads.add(pad);
      strides.add(stride);
      dilations.add(dilation);
    }
    return new ConvolutionGeometry(strides, pads, pads, dilations, groups);
  }

  /** Of pixels, with a bias. */
  private static Stage wide(int channels, int filters, Activation activation) {
    return new Stage(
        new Convolution(geometry(2, 0, 1, 1, 1), true, activation),
        Shape.of(filters, channels, 1, 1));
  }

  /** Of pixels, with a residual. */
  private static Stage narrow(int channels, int filters, Activation activation) {
    return new Stage(
        new Convolution(geometry(2, 0, 1, 1, 1), filters > 3, true, activation),
        Shape.of(filters, channels, 1, 1));
  }

  /** Of each channel by itself, with a bias. */
  private static Stage apart(int channels, int kernel, int pad, int stride, int dilation) {
    return new Stage(
        new Convolution(geometry(2, pad, stride, dilation, channels), true, Activation.RELU6),
        Shape.of(channels, 1, kernel, kernel));
  }

  private static void chain(CaseList cases, Shape image, Stage... stages) {
    draft(cases, Rule.CONV_10, image, stages).anyBindingOrConstant().allow(ChainCases::bounds);
  }

  private static CaseList.Draft draft(CaseList cases, Rule rule, Shape image, Stage... stages) {
    List<Stage> all = List.of(stages);
    CaseList.Draft draft =
        cases.of(rule, new ConvolutionChain(all.stream().map(Stage::op).toList()));
    draft.in(image, Values.uniform());
    Shape result = image;
    for (Stage stage : all) {
      result = stage.op.geometry().output(result, stage.filter);
      draft.in(stage.filter, Values.uniform());
      if (stage.op.bias()) {
        draft.in(Shape.of(stage.filter.dim(0)), Values.uniform());
      }
      if (stage.op.residual()) {
        draft.in(result, Values.uniform());
      }
    }
    return draft;
  }

  /** Each stage's own bound, and what it makes of the one before; no activation enlarges these. */
  private static List<double[]> bounds(ErrorModel.Evaluation e) {
    ConvolutionChain op = (ConvolutionChain) e.call().op();
    TensorType type = e.call().input(0);
    double[] image = e.inputs().get(0);
    double[] bounds = new double[image.length];
    for (int i = 0; i < op.stages().size(); i++) {
      Convolution stage = op.stages().get(i);
      List<double[]> inputs = op.inputs(i, image, e.inputs());
      OpCall call = OpCall.of(stage, op.inputs(i, type, e.call().inputs()));
      List<double[]> results = ReferenceOps.compute(call, inputs);
      Shape filter = call.input(1).shape();
      double terms = (double) filter.elements() / filter.dim(0) + 2;
      double[] own =
          ConvolutionCases.errors(terms)
              .bounds(
                  new ErrorModel.Evaluation(
                      call,
                      inputs,
                      List.of(ReferenceOps.Target.dense(call.output(0).shape())),
                      results))
              .get(0);
      OpCall sum =
          OpCall.of(
              new Convolution(stage.geometry(), false, Activation.IDENTITY),
              call.inputs().subList(0, 2));
      double[] weights = Arrays.stream(inputs.get(1)).map(Math::abs).toArray();
      double[] brought = ReferenceOps.compute(sum, List.of(bounds, weights)).get(0);
      for (int j = 0; j < own.length; j++) {
        own[j] += brought[j];
      }
      bounds = own;
      image = results.get(0);
      type = call.output(0);
    }
    return List.of(bounds);
  }
}
