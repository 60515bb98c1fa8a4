package dev.volute.backend.java.primitive;

import java.util.Arrays;

/** Moves elements at equal distances to and from buffers. */
final class Strided {
  private Strided() {}

  static void gather(int n, float[] from, int at, int stride, float[] buffer) {
    if (stride == 0) {
      Arrays.fill(buffer, 0, n, from[at]);
      return;
    }
    for (int i = 0; i < n; i++) {
      buffer[i] = from[at + i * stride];
    }
  }

  static void scatter(int n, float[] buffer, float[] to, int at, int stride) {
    for (int i = 0; i < n; i++) {
      to[at + i * stride] = buffer[i];
    }
  }
}
