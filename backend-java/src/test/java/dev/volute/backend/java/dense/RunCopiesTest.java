package dev.volute.backend.java.dense;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.simd.RunCopies;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RunCopiesTest {
  private static final int AT = 3;
  private static final List<Machine> MACHINES = Machines.all(1);

  @AfterAll
  static void stopThreads() {
    MACHINES.forEach(machine -> machine.workers().close());
  }

  static IntStream widths() {
    return IntStream.rangeClosed(1, 40);
  }

  @ParameterizedTest
  @MethodSource("widths")
  void copyPlanesAndNothingElse(int n) {
    for (Machine machine : MACHINES) {
      for (int m = 1; m < 9; m++) {
        check(machine.simd().runCopies(), m, n, new Random(m));
      }
    }
  }

  private static void check(RunCopies copies, int m, int n, Random random) {
    int xStep = n + random.nextInt(4);
    int yStep = m * n + random.nextInt(4);
    int[] origins = random.ints(3, 0, 20).toArray();
    // The last plane ends with the array.
    origins[2] = 20;
    float[] x = new float[AT + 20 + (m - 1) * xStep + n];
    for (int i = 0; i < x.length; i++) {
      x[i] = i;
    }
    float[] y = new float[AT + 3 * yStep];
    copies.planes(origins, m, n, x, AT, xStep, y, AT, yStep);
    for (int i = 0; i < y.length; i++) {
      int plane = Math.floorDiv(i - AT, yStep);
      int place = Math.floorMod(i - AT, yStep);
      boolean copied = plane >= 0 && place < m * n;
      float expected = copied ? AT + origins[plane] + place / n * xStep + place % n : 0f;
      assertEquals(expected, y[i], m + " x " + n + " at " + i);
    }
  }
}
