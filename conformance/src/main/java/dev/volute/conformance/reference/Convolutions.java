package dev.volute.conformance.reference;

import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionFilterGradient;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.spi.Kernel;
import dev.volute.tensor.Shape;
import java.util.function.IntToDoubleFunction;

/** Cross-correlation and its two gradients: {@code S(p) = sum over k of I(p + k) K(k)}. */
final class Convolutions {
  private Convolutions() {}

  static Kernel forward(
      Convolution op,
      Elements x,
      Elements w,
      IntToDoubleFunction bias,
      IntToDoubleFunction residual,
      Elements y) {
    Terms terms = Terms.of(op.geometry(), x.shape(), w.shape());
    return () -> {
      terms.eachResult(
          (place, filter) ->
              y.set(place, bias.applyAsDouble(filter) + residual.applyAsDouble(place)));
      terms.each((image, cell, result) -> y.add(result, x.get(image) * w.get(cell)));
      for (int i = 0; i < y.size(); i++) {
        y.set(i, Elementwise.activation(op.activation(), y.get(i)));
      }
    };
  }

  static Kernel inputGradient(
      ConvolutionInputGradient op,
      Elements w,
      Elements g,
      IntToDoubleFunction residual,
      IntToDoubleFunction activated,
      Elements dx) {
    Terms terms = Terms.of(op.geometry(), op.image(), w.shape());
    return () -> {
      for (int i = 0; i < dx.size(); i++) {
        dx.set(i, residual.applyAsDouble(i));
      }
      terms.each((image, cell, result) -> dx.add(image, g.get(result) * w.get(cell)));
      for (int i = 0; i < dx.size(); i++) {
        double y = activated.applyAsDouble(i);
        dx.set(i, Elementwise.activationGradient(op.activation(), y, dx.get(i)));
      }
    };
  }

  static Kernel filterGradient(ConvolutionFilterGradient op, Elements x, Elements g, Elements dw) {
    Terms terms = Terms.of(op.geometry(), x.shape(), op.filter());
    return () -> {
      dw.clear();
      terms.each((image, cell, result) -> dw.add(cell, g.get(result) * x.get(image)));
    };
  }

  /**
   * All the products that a convolution sums.
   *
   * @param channels of the image
   * @param depth channels that one filter sees
   */
  private record Terms(
      int batch, int channels, int filters, int depth, int plane, int cells, WindowTaps taps) {
    static Terms of(ConvolutionGeometry geometry, Shape image, Shape filter) {
      return new Terms(
          image.dim(0),
          image.dim(1),
          filter.dim(0),
          filter.dim(1),
          (int) image.slice(2, image.rank()).elements(),
          (int) filter.slice(2, filter.rank()).elements(),
          WindowTaps.of(geometry, image, filter));
    }

    interface Result {
      void at(int place, int filter);
    }

    void eachResult(Result result) {
      for (int n = 0; n < batch; n++) {
        for (int f = 0; f < filters; f++) {
          for (int p = 0; p < taps.positions(); p++) {
            result.at((n * filters + f) * taps.positions() + p, f);
          }
        }
      }
    }

    interface Term {
      /** Places in the image, in the filters and in the result. */
      void at(int image, int cell, int result);
    }

    void each(Term term) {
      eachResult(
          (result, f) -> {
            int n = result / (filters * taps.positions());
            int[] places = taps.at(result % taps.positions());
            int firstChannel = f / (filters / (channels / depth)) * depth;
            for (int c = 0; c < depth; c++) {
              for (int k = 0; k < cells; k++) {
                if (places[k] != WindowTaps.PADDING) {
                  term.at(
                      (n * channels + firstChannel + c) * plane + places[k],
                      (f * depth + c) * cells + k,
                      result);
                }
              }
            }
          });
    }
  }
}
