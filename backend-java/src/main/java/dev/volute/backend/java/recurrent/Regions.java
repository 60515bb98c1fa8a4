package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Floats;

/** Lays out scratch memory: regions behind one another. */
final class Regions {
  /** Some elements of the scratch memory. */
  record Region(int at) {
    Floats of(Floats scratch) {
      return scratch.plus(at);
    }
  }

  private int length;

  Region take(int elements) {
    Region region = new Region(length);
    length = Math.addExact(length, elements);
    return region;
  }

  /** Elements of all regions. */
  int length() {
    return length;
  }
}
