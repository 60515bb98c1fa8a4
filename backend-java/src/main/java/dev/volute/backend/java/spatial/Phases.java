package dev.volute.backend.java.spatial;

import java.util.stream.IntStream;

/**
 * The places at which a kernel's cells lie along one axis, modulo a stride or one by one: as the
 * kernel moves by its stride, a cell meets the elements of one phase.
 */
final class Phases {
  static final Phases ONE = new Phases(1, new int[] {0});

  private final int stride;
  private final int[] phases;

  private Phases(int stride, int[] phases) {
    this.stride = stride;
    this.phases = phases;
  }

  /** Of a kernel with so many cells at equal distances. */
  static Phases of(int cells, int dilation, int stride) {
    return of(offsets(cells, dilation), stride);
  }

  /** Of cells at these distances from the first place. */
  static Phases of(int[] offsets, int stride) {
    int[] phases = IntStream.of(offsets).map(offset -> offset % stride).distinct().toArray();
    return new Phases(stride, phases);
  }

  /** Each distance as a phase of its own: a cell meets the first element of its phase first. */
  static Phases each(int[] offsets, int stride) {
    return new Phases(stride, IntStream.of(offsets).distinct().toArray());
  }

  /** The distances of cells from the first. */
  static int[] offsets(int cells, int dilation) {
    return IntStream.range(0, cells).map(cell -> cell * dilation).toArray();
  }

  int stride() {
    return stride;
  }

  int count() {
    return phases.length;
  }

  int phase(int index) {
    return phases[index];
  }

  /** The phase of a cell at this distance: the nearest before it, if there are several. */
  int index(int offset) {
    int nearest = -1;
    for (int i = 0; i < phases.length; i++) {
      boolean meets = phases[i] <= offset && (offset - phases[i]) % stride == 0;
      if (meets && (nearest < 0 || phases[i] > phases[nearest])) {
        nearest = i;
      }
    }
    return nearest;
  }

  /** Which element of its phase a cell at this distance meets first. */
  int place(int offset) {
    return (offset - phases[index(offset)]) / stride;
  }
}
