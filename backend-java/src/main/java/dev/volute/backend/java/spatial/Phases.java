package dev.volute.backend.java.spatial;

import java.util.stream.IntStream;

/** The places modulo a stride at which a kernel's cells lie along one axis. */
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
    int[] phases =
        IntStream.range(0, cells).map(cell -> cell * dilation % stride).distinct().toArray();
    return new Phases(stride, phases);
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

  int index(int phase) {
    int index = 0;
    while (phases[index] != phase) {
      index++;
    }
    return index;
  }
}
