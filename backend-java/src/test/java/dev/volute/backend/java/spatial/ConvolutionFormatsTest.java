package dev.volute.backend.java.spatial;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.volute.backend.java.Lowered;
import dev.volute.backend.java.OpRunner;
import dev.volute.backend.java.OpRunner.Placed;
import dev.volute.graph.Op;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Convolutions, and gradients to images, whose operands lie in all combinations of formats. */
class ConvolutionFormatsTest {
  @ParameterizedTest
  @CsvSource({
    "1,3,13,9,1,3,2,1,1,1",
    "2,3,9,11,15,3,2,1,1,1",
    "1,5,7,7,16,1,1,0,1,1",
    "3,17,5,6,17,1,2,0,1,1",
    "1,64,7,7,31,3,2,1,1,1",
    "2,7,8,9,32,5,1,2,1,1",
    "1,50,6,7,33,3,1,2,2,1",
    "1,4,12,10,63,2,3,1,1,1",
    "2,12,7,5,65,3,1,1,1,1",
    "1,3,21,22,64,7,2,3,1,1",
    "1,2,3,3,100,2,1,5,1,1",
    "2,6,9,8,70,3,2,2,3,2",
    "1,40,6,6,20,3,1,1,1,4",
    "2,5,9,7,5,3,1,1,1,5",
    "1,16,7,9,16,3,2,1,1,16",
    "2,100,6,5,100,5,1,4,2,100",
    "1,65,4,4,65,3,3,2,1,65",
    "1,20,17,16,18,3,1,1,1,1",
    "3,33,9,14,65,3,1,1,1,1",
    "1,32,13,17,48,3,1,1,1,1",
    "1,8,60,61,40,1,1,0,1,1",
    "1,420,7,8,176,1,1,0,1,1",
    "1,70,37,70,70,3,1,1,1,70",
    "2,130,3,6,130,3,1,2,1,130",
    "1,33,9,4,33,3,1,0,1,33",
    "2,160,8,7,70,3,2,1,1,1",
    "3,272,7,7,250,1,1,0,1,1",
    "1,64,9,16,136,3,1,2,2,1",
    "5,256,3,3,288,1,1,0,1,1"
  })
  void matchTheLowering(
      int n, int c, int h, int w, int f, int k, int stride, int pad, int dilation, int groups) {
    ConvolutionGeometry geometry =
        new ConvolutionGeometry(
            List.of(stride, stride),
            List.of(pad, pad),
            List.of(pad, pad),
            List.of(dilation, dilation),
            groups);
    Tensor x = OpRunner.random(1, n, c, h, w);
    Tensor filters = OpRunner.random(2, f, c / groups, k, k);
    Tensor bias = OpRunner.random(3, f);
    int[] shape = geometry.output(x.shape(), filters.shape()).toArray();
    Tensor residual = OpRunner.random(4, shape);
    Activation[] activations = Activation.values();
    int next = n + c + f;
    for (boolean added : List.of(false, true)) {
      Activation activation = activations[next++ % activations.length];
      Convolution op = new Convolution(geometry, true, added, activation);
      List<Tensor> inputs = new ArrayList<>(List.of(x, filters, bias));
      if (added) {
        inputs.add(residual);
      }
      Tensor expected = Lowered.run(op, inputs.toArray(new Tensor[0])).get(0);
      check(op, added ? List.of(0, 3) : List.of(0), inputs, expected);
      gradient(geometry, inputs, added, activation);
    }
  }

  /** Of the convolution's image, filter and result, with an end of its own. */
  private static void gradient(
      ConvolutionGeometry geometry, List<Tensor> forward, boolean added, Activation activation) {
    Shape image = forward.get(0).shape();
    Tensor filters = forward.get(1);
    List<Tensor> inputs = new ArrayList<>();
    inputs.add(filters);
    inputs.add(OpRunner.random(5, geometry.output(image, filters.shape()).toArray()));
    List<Integer> images = new ArrayList<>(List.of(1));
    boolean activated = activation != Activation.IDENTITY;
    for (int i = 0; i < (added ? 1 : 0) + (activated ? 1 : 0); i++) {
      images.add(inputs.size());
      inputs.add(OpRunner.random(6 + i, image.toArray()));
    }
    ConvolutionInputGradient op = new ConvolutionInputGradient(geometry, image, added, activation);
    check(op, images, inputs, Lowered.run(op, inputs.toArray(new Tensor[0])).get(0));
  }

  /**
   * @param images inputs that may lie channels last
   */
  private static void check(Op op, List<Integer> images, List<Tensor> inputs, Tensor expected) {
    for (int formats = 0; formats < 2 << images.size(); formats++) {
      List<Placed> placed = new ArrayList<>(inputs.stream().map(Placed::dense).toList());
      for (int i = 0; i < images.size(); i++) {
        int input = images.get(i);
        placed.set(input, Placed.in(format(formats & 2 << i), inputs.get(input)));
      }
      check(op, formats, placed, expected);
    }
  }

  /**
   * @param formats a bit each for result and images: 1 if it lies channels last
   */
  private static void check(Op op, int formats, List<Placed> placed, Tensor expected) {
    Tensor nothing = Tensor.zeros(expected.type());
    Arrays.fill(nothing.floats(), Float.NaN);
    Placed target = Placed.in(format(formats & 1), nothing);
    OpRunner two = OpRunner.java(2);
    for (OpRunner runner : List.of(two, two.withConstants(), OpRunner.java(1))) {
      Tensor storage = runner.runInto(op, placed, target);
      Tensor actual = new Placed(storage, target.view()).rowMajor();
      double largest = 1;
      for (int i = 0; i < expected.length(); i++) {
        largest = Math.max(largest, Math.abs(expected.get(i)));
      }
      for (int i = 0; i < expected.length(); i++) {
        assertEquals(
            expected.get(i), actual.get(i), 2e-5 * largest, () -> op + " in formats " + formats);
      }
    }
  }

  private static MemoryFormat format(int bit) {
    return bit == 0 ? MemoryFormat.ROW_MAJOR : MemoryFormat.CHANNELS_LAST;
  }
}
