package dev.volute.conformance.gradient;

import dev.volute.graph.Op;
import dev.volute.graph.Value;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.AdamUpdate;
import dev.volute.graph.composite.AveragePool;
import dev.volute.graph.composite.AveragePoolGradient;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionChain;
import dev.volute.graph.composite.ConvolutionFilterGradient;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.graph.composite.Dropout;
import dev.volute.graph.composite.EmbeddedRecurrent;
import dev.volute.graph.composite.EmbeddedRecurrentGradient;
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
import dev.volute.random.Philox;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/** A composite with inputs in double precision. */
public record Composite(Op op, List<Tensor> inputs) {

  /** Every composite, in several of its forms. */
  public static List<Composite> all() {
    List<Composite> all = new ArrayList<>();
    for (Activation activation : Activation.values()) {
      all.add(new Composite(new Linear(activation, true), random(s(3, 7), s(7, 5), s(5))));
      all.add(
          new Composite(new BatchNormTraining(1e-3, activation), random(s(3, 2, 5), s(2), s(2))));
      all.add(
          new Composite(
              new BatchNormTraining(1e-3, true, activation),
              random(s(3, 2, 5), s(2), s(2), s(3, 2, 5))));
      all.add(
          new Composite(
              new BatchNormInference(1e-3, activation),
              positiveFrom(4, random(s(3, 2, 5), s(2), s(2), s(2), s(2)))));
    }
    all.add(new Composite(new Linear(Activation.IDENTITY, false), random(s(1, 3), s(3, 2))));
    all.add(
        new Composite(
            new BatchNormGradient(1e-3),
            positiveAt(3, random(s(3, 2, 5), s(2), s(2), s(2), s(3, 2, 5)))));
    for (Activation activation : List.of(Activation.RELU, Activation.TANH, Activation.SIGMOID)) {
      all.add(
          new Composite(
              new BatchNormGradient(1e-3, activation),
              positiveAt(3, random(s(3, 2, 5), s(2), s(2), s(2), s(3, 2, 5), s(3, 2, 5)))));
    }
    convolutions(all);
    chains(all);
    pools(all);
    all.add(new Composite(new Softmax(), random(s(2, 3, 7))));
    all.add(new Composite(new SoftmaxGradient(), random(s(2, 3, 7), s(2, 3, 7))));
    Tensor labels = Tensor.of(s(4), 2, -1, 0, 6);
    List<Tensor> logits = random(s(4, 7), s(4));
    all.add(new Composite(new SoftmaxCrossEntropy(), List.of(logits.get(0), labels)));
    all.add(
        new Composite(
            new SoftmaxCrossEntropyGradient(), List.of(logits.get(0), labels, logits.get(1))));
    all.add(
        new Composite(
            new Dropout(0.375, 3), List.of(random(s(5, 13)).get(0), Tensor.of(s(3), 7, 1, 2))));
    for (RecurrentCell cell : RecurrentCell.values()) {
      recurrences(all, cell);
    }
    updates(all);
    return all;
  }

  private static void convolutions(List<Composite> all) {
    List<ConvolutionGeometry> geometries =
        List.of(
            new ConvolutionGeometry(List.of(1, 1), List.of(0, 0), List.of(0, 0), List.of(1, 1), 1),
            new ConvolutionGeometry(List.of(2, 3), List.of(1, 0), List.of(2, 1), List.of(1, 2), 1),
            new ConvolutionGeometry(List.of(1, 2), List.of(2, 2), List.of(2, 2), List.of(2, 1), 2),
            new ConvolutionGeometry(List.of(2), List.of(1), List.of(0), List.of(1), 2),
            new ConvolutionGeometry(
                List.of(1, 2, 1), List.of(0, 1, 0), List.of(1, 0, 0), List.of(1, 1, 1), 1));
    for (ConvolutionGeometry geometry : geometries) {
      int[] spatial = {7, 9, 3};
      int[] kernel = {3, 2, 2};
      Shape image = s(2, 4);
      Shape filter = s(6, 4 / geometry.groups());
      for (int axis = 0; axis < geometry.axes(); axis++) {
        image = image.append(spatial[axis]);
        filter = filter.append(kernel[axis]);
      }
      Shape result = geometry.output(image, filter);
      all.add(
          new Composite(
              new Convolution(geometry, true, Activation.TANH), random(image, filter, s(6))));
      all.add(
          new Composite(new Convolution(geometry, false, Activation.RELU), random(image, filter)));
      all.add(
          new Composite(
              new Convolution(geometry, true, true, Activation.SIGMOID),
              random(image, filter, s(6), result)));
      all.add(
          new Composite(
              new Convolution(geometry, false, true, Activation.TANH),
              random(image, filter, result)));
      all.add(new Composite(new ConvolutionInputGradient(geometry, image), random(filter, result)));
      all.add(
          new Composite(
              new ConvolutionInputGradient(geometry, image, true, Activation.IDENTITY),
              random(filter, result, image)));
      all.add(
          new Composite(
              new ConvolutionInputGradient(geometry, image, true, Activation.RELU),
              random(filter, result, image, image)));
      all.add(
          new Composite(
              new ConvolutionInputGradient(geometry, image, false, Activation.TANH),
              random(filter, result, image)));
      all.add(
          new Composite(new ConvolutionFilterGradient(geometry, filter), random(image, result)));
    }
  }

  private static void chains(List<Composite> all) {
    List<Integer> none = List.of(0, 0);
    List<Integer> one = List.of(1, 1);
    ConvolutionGeometry point = new ConvolutionGeometry(one, none, none, one, 1);
    ConvolutionGeometry apart = new ConvolutionGeometry(List.of(2, 1), one, List.of(0, 1), one, 6);
    Convolution first = new Convolution(point, true, Activation.TANH);
    Convolution second = new Convolution(apart, false, Activation.RELU6);
    Convolution third = new Convolution(point, true, true, Activation.SIGMOID);
    List<Tensor> two = random(s(2, 4, 7, 5), s(6, 4, 1, 1), s(6), s(6, 1, 3, 3));
    all.add(new Composite(new ConvolutionChain(List.of(first, second)), two));
    List<Tensor> three = new ArrayList<>(two);
    three.addAll(random(s(3, 6, 1, 1), s(3), s(2, 3, 3, 5)));
    all.add(new Composite(new ConvolutionChain(List.of(first, second, third)), three));
  }

  private static void pools(List<Composite> all) {
    List<PoolGeometry> geometries =
        List.of(
            new PoolGeometry(List.of(2, 2), List.of(2, 2), List.of(0, 0), List.of(0, 0)),
            new PoolGeometry(List.of(3, 2), List.of(1, 3), List.of(1, 0), List.of(2, 1)),
            new PoolGeometry(List.of(4), List.of(3), List.of(1), List.of(3)));
    for (PoolGeometry geometry : geometries) {
      Shape image = geometry.axes() == 2 ? s(2, 3, 7, 8) : s(2, 3, 9);
      Shape result = geometry.output(image);
      Tensor x = random(image).get(0);
      all.add(new Composite(new MaxPool(geometry, false), List.of(x)));
      all.add(new Composite(new MaxPool(geometry, true), List.of(x)));
      Tensor index = Tensor.zeros(new TensorType(DType.I32, result));
      for (int i = 0; i < index.length(); i++) {
        index.ints()[i] = i % geometry.cells();
      }
      Tensor gradient = random(result).get(0);
      all.add(new Composite(new MaxPoolGradient(geometry, image), List.of(index, gradient)));
      for (boolean countPadding : new boolean[] {false, true}) {
        all.add(new Composite(new AveragePool(geometry, countPadding), List.of(x)));
        all.add(
            new Composite(
                new AveragePoolGradient(geometry, countPadding, image), List.of(gradient)));
      }
    }
  }

  private static void recurrences(List<Composite> all, RecurrentCell cell) {
    int units = 5;
    int width = cell.gates() * units;
    List<Shape> shapes = new ArrayList<>(List.of(s(3, 4, 2), s(3, units)));
    if (cell.hasCellState()) {
      shapes.add(s(3, units));
    }
    shapes.addAll(List.of(s(2, width), s(units, width), s(width)));
    if (cell.hasRecurrentBias()) {
      shapes.add(s(units));
    }
    List<Tensor> inputs = random(shapes.toArray(Shape[]::new));
    all.add(new Composite(new Recurrent(cell, false), inputs));
    all.add(new Composite(new Recurrent(cell, true), inputs));
    shapes.add(s(3, 4, units));
    if (cell.reserve() > 0) {
      shapes.add(s(3, 4, cell.reserve() * units));
    }
    shapes.addAll(List.of(s(3, 4, units), s(3, units)));
    if (cell.hasCellState()) {
      shapes.add(s(3, units));
    }
    all.add(new Composite(new RecurrentGradient(cell), random(shapes.toArray(Shape[]::new))));
    List<Tensor> ofTable = overTable(inputs);
    all.add(new Composite(new EmbeddedRecurrent(cell, false), ofTable));
    all.add(new Composite(new EmbeddedRecurrent(cell, true), ofTable));
    all.add(
        new Composite(
            new EmbeddedRecurrentGradient(cell), overTable(random(shapes.toArray(Shape[]::new)))));
  }

  /** The same over some rows of a table, one of which is never taken. */
  private static List<Tensor> overTable(List<Tensor> inputs) {
    List<Tensor> all = new ArrayList<>(random(s(5, 2)));
    all.add(Tensor.of(s(3, 4), 1, 0, 4, 4, 2, 0, 0, 1, 4, 2, 1, 0));
    all.addAll(inputs.subList(1, inputs.size()));
    return all;
  }

  private static void updates(List<Composite> all) {
    for (boolean nesterov : new boolean[] {false, true}) {
      all.add(new Composite(new SgdUpdate(0.9, nesterov, 0.01), random(s(7), s(7), s(7), s())));
    }
    all.add(new Composite(new SgdUpdate(0, false, 0), random(s(2, 3), s(2, 3), s())));
    for (boolean decoupled : new boolean[] {false, true}) {
      List<Tensor> inputs =
          new ArrayList<>(positiveFrom(3, random(s(13), s(13), s(13), s(13), s())));
      inputs.add(Tensor.of(s(), 3.0));
      all.add(new Composite(new AdamUpdate(0.9, 0.999, 1e-8, 0.01, decoupled), inputs));
    }
  }

  static Shape s(int... lengths) {
    return Shape.of(lengths);
  }

  /** Numbers between -1 and 1. */
  static List<Tensor> random(Shape... shapes) {
    List<Tensor> tensors = new ArrayList<>();
    for (Shape shape : shapes) {
      Philox philox = new Philox(17, tensors.size(), 0);
      Tensor tensor = Tensor.zeros(new TensorType(DType.F64, shape));
      for (int i = 0; i < tensor.length(); i++) {
        tensor.doubles()[i] = 2.0 * philox.uniform(i) - 1;
      }
      tensors.add(tensor);
    }
    return tensors;
  }

  private static List<Tensor> positiveFrom(int from, List<Tensor> tensors) {
    for (int i = from; i < tensors.size(); i++) {
      positiveAt(i, tensors);
    }
    return tensors;
  }

  private static List<Tensor> positiveAt(int index, List<Tensor> tensors) {
    double[] values = tensors.get(index).doubles();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(values[i]) + 0.1;
    }
    return tensors;
  }

  /** The op's outputs in a graph. */
  public List<Value> outputs(List<Value> values) {
    return values.get(0).applyAll(op, values.subList(1, values.size()).toArray(Value[]::new));
  }

  @Override
  public String toString() {
    return op + " on " + inputs.stream().map(Tensor::type).toList();
  }
}
