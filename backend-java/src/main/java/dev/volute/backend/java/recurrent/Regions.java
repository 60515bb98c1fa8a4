package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.parallel.CacheLine;

/** Lays out scratch memory, which begins with a line of the cache, as each region does then. */
final class Regions {
  /** Some elements of the scratch memory. */
  record Region(int at) {
    Floats of(Floats scratch) {
      return scratch.plus(at);
    }
  }

  private int length;

  Region take(int elements) {
    int at = CacheLine.rounded(length);
    Region region = new Region(at);
    if (elements > 0) {
      length = Math.addExact(at, elements);
    }
    return region;
  }

  /** Elements of all regions. */
  int length() {
    return length;
  }
}
