package dev.volute.conformance.reference;

import dev.volute.graph.composite.AveragePool;
import dev.volute.graph.composite.AveragePoolGradient;
import dev.volute.graph.composite.MaxPool;
import dev.volute.graph.composite.MaxPoolGradient;
import dev.volute.spi.Kernel;
import dev.volute.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/** The largest or the mean of each window of each channel, and the gradients of both. */
final class Pools {
  private Pools() {}

  static Kernel max(MaxPool op, Elements x, List<Elements> outputs) {
    WindowTaps taps = WindowTaps.of(op.geometry(), x.shape());
    int plane = plane(x.shape());
    Elements y = outputs.get(0);
    return () -> {
      for (int i = 0; i < y.size(); i++) {
        int[] places = taps.at(i % taps.positions());
        int first = i / taps.positions() * plane;
        int best = WindowTaps.PADDING;
        for (int k = 0; k < places.length; k++) {
          boolean wins =
              places[k] != WindowTaps.PADDING
                  && (best == WindowTaps.PADDING
                      || Reductions.greater(x.get(first + places[k]), x.get(first + places[best])));
          if (wins) {
            best = k;
          }
        }
        boolean inside = best != WindowTaps.PADDING;
        y.set(i, inside ? x.get(first + places[best]) : Double.NEGATIVE_INFINITY);
        if (op.indices()) {
          outputs.get(1).set(i, inside ? indexOfLargest(x, first, places, best) : 0);
        }
      }
    };
  }

  /** Padding counts as minus infinity: among minus infinities the first cell is the largest. */
  private static int indexOfLargest(Elements x, int first, int[] places, int best) {
    return x.get(first + places[best]) == Double.NEGATIVE_INFINITY ? 0 : best;
  }

  static Kernel maxGradient(MaxPoolGradient op, Elements index, Elements g, Elements dx) {
    WindowTaps taps = WindowTaps.of(op.geometry(), op.image());
    int plane = plane(op.image());
    return () -> {
      dx.clear();
      for (int i = 0; i < g.size(); i++) {
        int place = taps.at(i % taps.positions())[index.integer(i)];
        if (place != WindowTaps.PADDING) {
          dx.add(i / taps.positions() * plane + place, g.get(i));
        }
      }
    };
  }

  static Kernel average(AveragePool op, Elements x, Elements y) {
    WindowTaps taps = WindowTaps.of(op.geometry(), x.shape());
    int plane = plane(x.shape());
    return () -> {
      for (int i = 0; i < y.size(); i++) {
        double sum = 0;
        int[] places = taps.at(i % taps.positions());
        for (int place : places) {
          sum += place == WindowTaps.PADDING ? 0 : x.get(i / taps.positions() * plane + place);
        }
        y.set(i, sum / divisor(places, op.countPadding()));
      }
    };
  }

  static Kernel averageGradient(AveragePoolGradient op, Elements g, Elements dx) {
    WindowTaps taps = WindowTaps.of(op.geometry(), op.image());
    int plane = plane(op.image());
    return () -> {
      dx.clear();
      for (int i = 0; i < g.size(); i++) {
        int[] places = taps.at(i % taps.positions());
        for (int place : places) {
          if (place != WindowTaps.PADDING) {
            dx.add(
                i / taps.positions() * plane + place,
                g.get(i) / divisor(places, op.countPadding()));
          }
        }
      }
    };
  }

  private static double divisor(int[] places, boolean countPadding) {
    return countPadding
        ? places.length
        : Arrays.stream(places).filter(place -> place != WindowTaps.PADDING).count();
  }

  private static int plane(Shape image) {
    return (int) image.slice(2, image.rank()).elements();
  }
}
