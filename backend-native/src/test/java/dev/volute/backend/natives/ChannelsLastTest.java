package dev.volute.backend.natives;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.graph.Op;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.AveragePool;
import dev.volute.graph.composite.AveragePoolGradient;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.graph.composite.MaxPool;
import dev.volute.graph.composite.MaxPoolGradient;
import dev.volute.graph.composite.PoolGeometry;
import dev.volute.spi.Backend;
import dev.volute.spi.OpCall;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChannelsLastTest {
  private static final List<String> LEVELS = List.of("baseline", "avx2", "");

  @ParameterizedTest
  @CsvSource({
    "2,20,12,12,50,5,1,0,1,1,RELU",
    "1,3,31,31,13,7,2,3,1,1,RELU6",
    "2,16,9,11,24,1,1,0,1,1,RELU6",
    "3,5,6,7,33,1,1,0,1,1,TANH",
    "2,24,9,9,65,1,2,0,1,1,IDENTITY",
    "1,600,7,7,100,3,1,1,1,1,SIGMOID",
    "1,7,7,9,5,3,2,1,2,1,RELU",
    "2,17,17,13,20,3,1,1,1,1,RELU",
    "1,64,14,14,65,3,1,0,1,1,TANH",
    "1,35,5,23,40,3,1,1,1,1,RELU6",
    "2,19,13,12,19,3,1,1,1,19,RELU6",
    "2,32,7,7,32,3,2,1,1,32,RELU",
    "1,16,5,3,16,5,1,3,2,16,TANH",
    "1,33,40,1,33,3,1,1,1,33,IDENTITY",
    "1,2050,4,3,17,1,1,0,1,1,RELU",
    "1,3,1,700,10,3,1,1,1,1,RELU"
  })
  void convolvesInAnyFormats(
      int n,
      int c,
      int h,
      int w,
      int f,
      int kernel,
      int stride,
      int pad,
      int dilation,
      int groups,
      Activation activation) {
    ConvolutionGeometry geometry =
        new ConvolutionGeometry(
            List.of(stride, stride),
            List.of(pad, pad),
            List.of(pad, pad + 1),
            List.of(dilation, dilation),
            groups);
    Tensor x = OpRunner.random(1, n, c, h, w);
    Tensor k = OpRunner.random(2, f, c / groups, kernel, kernel);
    Tensor b = OpRunner.random(3, f);
    Shape result = geometry.output(x.shape(), k.shape());
    Tensor r = OpRunner.random(4, result.toArray());
    double[] expected = expected(geometry, x, k, b, r, result, activation);
    for (String level : LEVELS) {
      for (int formats = 0; formats < 8; formats++) {
        MemoryFormat image = MemoryFormat.values()[formats & 1];
        MemoryFormat out = MemoryFormat.values()[formats >> 1 & 1];
        MemoryFormat residual = MemoryFormat.values()[formats >> 2];
        List<MemoryFormat> inputs =
            List.of(image, MemoryFormat.ROW_MAJOR, MemoryFormat.ROW_MAJOR, residual);
        Convolution op = new Convolution(geometry, true, true, activation);
        OpRunner runner = new OpRunner(level, 1 + formats % 2);
        runner = formats % 3 == 0 ? runner : runner.withConstants();
        Tensor actual = runner.runIn(inputs, List.of(out), op, x, k, b, r).get(0);
        for (int i = 0; i < expected.length; i++) {
          String what = level + " x " + image + " y " + out + " residual " + residual + " at " + i;
          assertEquals(expected[i], actual.get(i), 2e-5 * Math.sqrt(c * kernel * kernel), what);
        }
      }
    }
  }

  private static double[] expected(
      ConvolutionGeometry geometry,
      Tensor x,
      Tensor k,
      Tensor b,
      Tensor r,
      Shape result,
      Activation activation) {
    int each = x.shape().dim(1) / geometry.groups();
    int filters = k.shape().dim(0) / geometry.groups();
    double[] y = new double[r.length()];
    for (int i = 0; i < y.length; i++) {
      int column = i % result.dim(3);
      int row = i / result.dim(3) % result.dim(2);
      int filter = i / (result.dim(3) * result.dim(2)) % result.dim(1);
      int image = i / (result.dim(3) * result.dim(2) * result.dim(1));
      double sum = b.get(filter) + r.get(i);
      for (int channel = 0; channel < each; channel++) {
        for (int cell = 0; cell < k.shape().dim(2) * k.shape().dim(3); cell++) {
          int cellY = cell / k.shape().dim(3);
          int cellX = cell % k.shape().dim(3);
          int inY =
              row * geometry.strides().get(0)
                  - geometry.padBefore().get(0)
                  + cellY * geometry.dilations().get(0);
          int inX =
              column * geometry.strides().get(1)
                  - geometry.padBefore().get(1)
                  + cellX * geometry.dilations().get(1);
          if (inY >= 0 && inY < x.shape().dim(2) && inX >= 0 && inX < x.shape().dim(3)) {
            int plane = image * x.shape().dim(1) + filter / filters * each + channel;
            sum +=
                x.get((plane * x.shape().dim(2) + inY) * x.shape().dim(3) + inX)
                    * k.get((filter * each + channel) * k.shape().dim(2) * k.shape().dim(3) + cell);
          }
        }
      }
      y[i] =
          switch (activation) {
            case IDENTITY -> sum;
            case RELU -> Math.max(0, sum);
            case RELU6 -> Math.min(6, Math.max(0, sum));
            case TANH -> Math.tanh(sum);
            case SIGMOID -> 1 / (1 + Math.exp(-sum));
          };
    }
    return y;
  }

  @ParameterizedTest
  @CsvSource({
    "2,16,12,12,2,2,0",
    "1,64,13,15,3,2,1",
    "3,32,5,4,3,1,1",
    "1,48,1,9,2,3,1",
    "2,16,9,7,2,3,0"
  })
  void poolsInAnyFormats(int n, int c, int h, int w, int window, int stride, int pad) {
    PoolGeometry geometry =
        new PoolGeometry(
            List.of(window, window), List.of(stride, stride), List.of(pad, pad), List.of(pad, pad));
    Tensor x = OpRunner.random(1, n, c, h, w);
    x.floats()[x.length() / 2] = Float.NaN;
    Tensor g = OpRunner.random(2, geometry.output(x.shape()).toArray());
    Tensor places = new OpRunner("baseline", 1).run(new MaxPool(geometry, true), x).get(1);
    changesNoBitInAnyFormats(new MaxPool(geometry, false), x);
    changesNoBitInAnyFormats(new MaxPool(geometry, true), x);
    changesNoBitInAnyFormats(new MaxPoolGradient(geometry, x.shape()), places, g);
    for (boolean countPadding : List.of(false, true)) {
      changesNoBitInAnyFormats(new AveragePool(geometry, countPadding), x);
      changesNoBitInAnyFormats(new AveragePoolGradient(geometry, countPadding, x.shape()), g);
    }
  }

  private static void changesNoBitInAnyFormats(Op op, Tensor... inputs) {
    List<Tensor> expected = new OpRunner("baseline", 1).run(op, inputs);
    for (String level : LEVELS) {
      for (Formats formats : Formats.all(op, inputs)) {
        assertEquals(expected, formats.run(new OpRunner(level, 2), op, inputs), level + formats);
      }
    }
  }

  /** How the operands of a call lie. */
  private record Formats(List<MemoryFormat> inputs, List<MemoryFormat> outputs) {
    /** Every mix that the backend takes and gives. */
    static List<Formats> all(Op op, Tensor... inputs) {
      OpCall call = OpCall.of(op, Stream.of(inputs).map(Tensor::type).toList());
      List<Formats> all = new ArrayList<>();
      try (Backend backend = OpRunner.best().open()) {
        int count = inputs.length + call.outputs().size();
        for (int mix = 0; mix < 1 << count; mix++) {
          List<MemoryFormat> each = new ArrayList<>();
          boolean possible = true;
          for (int i = 0; i < count; i++) {
            boolean last = (mix >> i & 1) == 1;
            each.add(last ? MemoryFormat.CHANNELS_LAST : MemoryFormat.ROW_MAJOR);
            possible &=
                !last
                    || (i < inputs.length
                        ? backend.takesChannelsLast(call, i)
                        : backend.givesChannelsLast(call, i - inputs.length));
          }
          if (possible) {
            all.add(
                new Formats(each.subList(0, inputs.length), each.subList(inputs.length, count)));
          }
        }
      }
      assertTrue(all.size() > 2, op + " takes no operands channels last");
      return all;
    }

    List<Tensor> run(OpRunner runner, Op op, Tensor... operands) {
      return runner.runIn(inputs, outputs, op, operands);
    }
  }

  /** Few channels and many, pixels that fill no row of vectors, means far from zero. */
  @ParameterizedTest
  @CsvSource({
    "3,16,5,7,0",
    "2,16,64,40,1000",
    "4,32,9,1,0",
    "2,48,7,3,-50",
    "5,64,13,11,1000",
    "2,208,3,3,5"
  })
  void normalisesInAnyFormats(int n, int c, int h, int w, float mean) {
    Tensor x = OpRunner.random(1, n, c, h, w);
    for (int i = 0; i < x.length(); i++) {
      x.floats()[i] += mean;
    }
    Tensor gamma = OpRunner.random(2, c);
    Tensor beta = OpRunner.random(3, c);
    Tensor more = OpRunner.random(4, n, c, h, w);
    for (Activation activation : Activation.values()) {
      BatchNormTraining training = new BatchNormTraining(1e-3, true, activation);
      List<Tensor> y = normalised(training, mean, x, gamma, beta, more);
      normalised(new BatchNormTraining(1e-3, activation), mean, x, gamma, beta);
      normalised(
          new BatchNormInference(1e-3, activation), mean, x, gamma, beta, y.get(1), y.get(2));
      BatchNormGradient gradient = new BatchNormGradient(1e-3, activation);
      if (activation == Activation.IDENTITY) {
        normalised(gradient, mean, x, gamma, y.get(1), y.get(2), more);
      } else {
        normalised(gradient, mean, x, gamma, y.get(1), y.get(2), more, y.get(0));
      }
    }
  }

  /** Close to what comes of planes, and the same bits for every mix with operands channels last. */
  private static List<Tensor> normalised(Op op, float mean, Tensor... inputs) {
    List<Tensor> expected = new OpRunner("baseline", 1).run(op, inputs);
    List<Formats> all = Formats.all(op, inputs);
    for (String level : LEVELS) {
      List<Tensor> last = all.get(all.size() - 1).run(new OpRunner(level, 1), op, inputs);
      for (int output = 0; output < expected.size(); output++) {
        double terms = (double) inputs[0].length() / inputs[1].length();
        // Rounding of x and of sums of as many terms.
        double tolerance = 1e-6 * (4 + Math.abs(mean)) * (output == 0 ? 1 : Math.sqrt(terms));
        for (int i = 0; i < expected.get(output).length(); i++) {
          double actual = last.get(output).get(i);
          assertEquals(expected.get(output).get(i), actual, tolerance, op + level + output);
        }
      }
      for (Formats formats : all.subList(1, all.size())) {
        List<Tensor> actual = formats.run(new OpRunner(level, 2), op, inputs);
        assertEquals(last, actual, op + level + formats);
      }
    }
    return expected;
  }

  /** A tensor of rank 2 lies in both formats. */
  @Test
  void normalisesRowsOfFeatures() {
    Tensor x = OpRunner.random(1, 300, 80);
    Tensor gamma = OpRunner.random(2, 80);
    BatchNormTraining op = new BatchNormTraining(1e-3, Activation.RELU);
    List<Tensor> rows = new OpRunner("", 2).run(op, x, gamma, gamma);
    // The same numbers as planes of one pixel, whose features fill no vectors.
    Tensor wider = Tensor.zeros(TensorType.f32(300, 81));
    Tensor widerGamma = Tensor.zeros(TensorType.f32(81));
    for (int i = 0; i < x.length(); i++) {
      wider.floats()[i / 80 * 81 + i % 80] = x.floats()[i];
    }
    System.arraycopy(gamma.floats(), 0, widerGamma.floats(), 0, 80);
    Tensor planes = new OpRunner("", 2).run(op, wider, widerGamma, widerGamma).get(0);
    for (int i = 0; i < x.length(); i++) {
      assertEquals(planes.get(i / 80 * 81 + i % 80), rows.get(0).get(i), 1e-5);
    }
  }

  @ParameterizedTest
  @CsvSource({"8,8,1,true", "8,8,8,true", "8,16,8,false", "8,8,2,false"})
  void takesWhatItIsFastFor(int channels, int filters, int groups, boolean expected) {
    ConvolutionGeometry geometry =
        new ConvolutionGeometry(List.of(1, 1), List.of(1, 1), List.of(1, 1), List.of(1, 1), groups);
    Tensor x = OpRunner.random(1, 1, channels, 5, 5);
    Tensor k = OpRunner.random(2, filters, channels / groups, 3, 3);
    Tensor b = OpRunner.random(3, filters);
    Tensor r = OpRunner.random(4, 1, filters, 5, 5);
    OpCall call =
        OpCall.of(
            new Convolution(geometry, true, true, Activation.RELU),
            Stream.of(x, k, b, r).map(Tensor::type).toList());
    try (Backend backend = OpRunner.best().open()) {
      assertTrue(backend.claims(call));
      assertEquals(
          List.of(expected, false, false, expected, expected),
          List.of(
              backend.takesChannelsLast(call, 0),
              backend.takesChannelsLast(call, 1),
              backend.takesChannelsLast(call, 2),
              backend.takesChannelsLast(call, 3),
              backend.givesChannelsLast(call, 0)));
    }
  }
}
