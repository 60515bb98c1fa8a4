package dev.volute.backend.java.spatial;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.volute.backend.java.Lowered;
import dev.volute.backend.java.OpRunner;
import dev.volute.backend.java.OpRunner.Placed;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Convolutions whose image, residual and result lie in all combinations of formats. */
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
      for (int formats = 0; formats < 8; formats++) {
        check(op, formats, inputs, expected);
      }
    }
  }

  /**
   * @param formats a bit each for image, result and residual: 1 if it lies channels last
   */
  private static void check(Convolution op, int formats, List<Tensor> inputs, Tensor expected) {
    List<Placed> placed = new ArrayList<>(inputs.stream().map(Placed::dense).toList());
    placed.set(0, Placed.in(format(formats & 1), inputs.get(0)));
    if (op.residual()) {
      placed.set(3, Placed.in(format(formats & 4), inputs.get(3)));
    }
    Tensor nothing = Tensor.zeros(expected.type());
    Arrays.fill(nothing.floats(), Float.NaN);
    Placed target = Placed.in(format(formats & 2), nothing);
    OpRunner two = OpRunner.java(2);
    for (OpRunner runner : List.of(two, two.withConstants(), OpRunner.java(1))) {
      Tensor storage = runner.runInto(op, placed, target);
      Tensor actual = new Placed(storage, target.view()).rowMajor();
      double largest = 1;
      for (int i = 0; i < expected.length(); i++) {
        largest = Math.max(largest, Math.abs(expected.get(i)));
      }
      for (int i = 0; i < expected.length(); i++) {
        assertEquals(expected.get(i), actual.get(i), 2e-5 * largest, op + " in formats " + formats);
      }
    }
  }

  private static MemoryFormat format(int bit) {
    return bit == 0 ? MemoryFormat.ROW_MAJOR : MemoryFormat.CHANNELS_LAST;
  }
}
