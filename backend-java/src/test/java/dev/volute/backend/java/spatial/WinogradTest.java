package dev.volute.backend.java.spatial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.backend.java.OpRunner;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.plain.PlainLoops;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionFilterGradient;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * That errors stay below the stated bound; that results are right, {@link ConvolutionTest} tests.
 */
class WinogradTest {
  private static ConvolutionGeometry padded(int pad) {
    List<Integer> ones = List.of(1, 1);
    List<Integer> pads = List.of(pad, pad);
    return new ConvolutionGeometry(ones, pads, pads, ones, 1);
  }

  @Test
  void isUsedWhereItPays() {
    Machine machine = new Machine(Workers.of(1), PlainLoops.simd());
    ConvolutionShape large =
        new ConvolutionShape(padded(1), Shape.of(2, 64, 13, 17), Shape.of(31, 64, 3, 3));
    assertTrue(large.winograd(machine).isPresent());
    assertTrue(large.winogradInputGradient(machine).isPresent());
    assertFalse(large.winograd(machine).get().paysForFilterGradient());
    ConvolutionShape larger =
        new ConvolutionShape(padded(1), Shape.of(4, 64, 13, 17), Shape.of(31, 64, 3, 3));
    assertTrue(larger.winograd(machine).get().paysForFilterGradient());
    ConvolutionShape few =
        new ConvolutionShape(padded(1), Shape.of(2, 3, 13, 17), Shape.of(31, 3, 3, 3));
    assertTrue(few.winograd(machine).isEmpty());
    ConvolutionShape wide =
        new ConvolutionShape(padded(1), Shape.of(2, 64, 13, 17), Shape.of(31, 64, 5, 5));
    assertTrue(wide.winograd(machine).isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "4,64,31,13,17,1",
    "20,100,17,8,8,0",
    "1,256,16,14,13,1",
    "1,256,16,24,25,1",
    "2,100,17,30,29,0",
    "40,20,17,13,14,1",
    "1,128,70,14,13,1"
  })
  void errorsAreBelowTheBound(int n, int c, int f, int h, int w, int pad) {
    ConvolutionGeometry geometry = padded(pad);
    Tensor x = OpRunner.random(1, n, c, h, w);
    Tensor k = OpRunner.random(2, f, c, 3, 3);
    Shape out = geometry.output(x.shape(), k.shape());
    Tensor g = OpRunner.random(3, out.toArray());
    double[] y = new double[g.length()];
    double[] dx = new double[x.length()];
    double[] dk = new double[k.length()];
    double[] filters = new double[f];
    double[] channels = new double[c];
    double[] gradients = new double[f];
    for (int i = 0; i < k.length(); i++) {
      filters[i / 9 / c] += Math.abs(k.get(i));
      channels[i / 9 % c] += Math.abs(k.get(i));
    }
    int rows = out.dim(2);
    int columns = out.dim(3);
    for (int i = 0; i < g.length(); i++) {
      int column = i % columns - pad;
      int row = i / columns % rows - pad;
      int filter = i / columns / rows % f;
      int sample = i / columns / rows / f;
      gradients[filter] += Math.abs(g.get(i));
      for (int cell = 0; cell < 9 * c; cell++) {
        int py = row + cell / 3 % 3;
        int px = column + cell % 3;
        if (py >= 0 && py < h && px >= 0 && px < w) {
          int from = ((sample * c + cell / 9) * h + py) * w + px;
          int weight = filter * 9 * c + cell;
          y[i] += x.get(from) * k.get(weight);
          dx[from] += g.get(i) * k.get(weight);
          dk[weight] += g.get(i) * x.get(from);
        }
      }
    }
    OpRunner java = OpRunner.java(2);
    Tensor result = java.run(new Convolution(geometry, false, Activation.IDENTITY), x, k).get(0);
    Tensor toImage = java.run(new ConvolutionInputGradient(geometry, x.shape()), k, g).get(0);
    Tensor toFilters = java.run(new ConvolutionFilterGradient(geometry, k.shape()), x, g).get(0);
    int plane = rows * columns;
    for (int i = 0; i < y.length; i++) {
      assertEquals(y[i], result.get(i), bound(filters[i / plane % f]), "y at " + i);
    }
    for (int i = 0; i < dx.length; i++) {
      assertEquals(dx[i], toImage.get(i), bound(channels[i / h / w % c]), "dx at " + i);
    }
    for (int i = 0; i < dk.length; i++) {
      assertEquals(dk[i], toFilters.get(i), bound(gradients[i / 9 / c]), "dk at " + i);
    }
  }

  /** Elements are at most 1. */
  private static double bound(double magnitudes) {
    return WinogradKernel.ERROR * magnitudes;
  }
}
