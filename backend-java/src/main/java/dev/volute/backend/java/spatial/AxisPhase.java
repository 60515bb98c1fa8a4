package dev.volute.backend.java.spatial;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The places of an image along one axis that are equal modulo the stride, and the cells of a kernel
 * that meet them: cell {@code cells[i]} meets place {@code t * stride + phase} in the output's
 * element {@code t + shifts[i]}.
 *
 * @param length how many such places there are
 */
record AxisPhase(int phase, int length, int[] cells, int[] shifts) {
  /** All phases of an axis that are in the image. */
  static List<AxisPhase> all(int image, int kernel, int stride, int dilation, int padBefore) {
    List<AxisPhase> phases = new ArrayList<>();
    for (int phase = 0; phase < Math.min(stride, image); phase++) {
      int first = phase + padBefore;
      int[] cells =
          IntStream.range(0, kernel)
              .filter(cell -> (first - cell * dilation) % stride == 0)
              .toArray();
      int[] shifts = IntStream.of(cells).map(cell -> (first - cell * dilation) / stride).toArray();
      phases.add(new AxisPhase(phase, (image - phase + stride - 1) / stride, cells, shifts));
    }
    return phases;
  }

  /** How many elements before the output's first some place meets; negative if it meets fewer. */
  static int before(List<AxisPhase> phases) {
    return -phases.stream().flatMapToInt(phase -> IntStream.of(phase.shifts)).min().orElse(0);
  }

  /** The element behind the last that some place meets. */
  static int end(List<AxisPhase> phases) {
    return phases.stream()
        .flatMapToInt(phase -> IntStream.of(phase.shifts).map(shift -> shift + phase.length))
        .max()
        .orElse(0);
  }
}
