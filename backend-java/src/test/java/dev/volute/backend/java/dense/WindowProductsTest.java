package dev.volute.backend.java.dense;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.simd.WindowProducts;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WindowProductsTest {
  private static final int AT = 3;
  private static final List<Machine> MACHINES = Machines.all(1);

  @AfterAll
  static void stopThreads() {
    MACHINES.forEach(machine -> machine.workers().close());
  }

  static IntStream seeds() {
    return IntStream.range(0, 150);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void multiplyWindowsWhereTheyLie(int seed) {
    for (Machine machine : MACHINES) {
      check(machine.simd().windowProducts(), machine.simd().description(), new Random(seed));
    }
  }

  private static float[] random(int length, Random random) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = random.nextFloat() * 2 - 1;
    }
    return values;
  }

  private static void check(WindowProducts products, String description, Random random) {
    int m = 1 + random.nextInt(40);
    int n = 1 + random.nextInt(products.columns());
    int k = random.nextInt(70);
    int rows = 0;
    int places = 0;
    while (rows < m) {
      int height = products.panelHeight(m - rows);
      rows += height;
      places += products.panelPitch(height);
    }
    float[] a = random(AT + places * k, random);
    float[] b = random(AT + 1000 + n + products.overrun(), random);
    int[] cells = random.ints(k, 0, 1001).toArray();
    float[] bias = random(AT + rows, random);
    b[AT + random.nextInt(1000)] = Float.NaN;
    float low = random.nextBoolean() ? 0f : Float.NEGATIVE_INFINITY;
    int cStep = n + products.overrun() + random.nextInt(3);
    float[] c = random(AT + m * cStep, random);
    float[] before = c.clone();
    products.multiply(m, n, k, a, AT, b, AT, cells, bias, AT, low, c, AT, cStep);

    int top = 0;
    int panel = AT;
    for (int i = 0; i < m; i++) {
      int height = products.panelHeight(m - top);
      if (i == top + height) {
        panel += k * products.panelPitch(height);
        top = i;
        height = products.panelHeight(m - top);
      }
      for (int j = 0; j < n; j++) {
        double sum = bias[AT + i];
        for (int l = 0; l < k; l++) {
          sum +=
              (double) a[panel + l * products.panelPitch(height) + i - top] * b[AT + cells[l] + j];
        }
        float expected = (float) (sum < low ? low : sum);
        String what = "%s: %d of %d x %d, %d".formatted(description, i, m, k, j);
        assertEquals(expected, c[AT + i * cStep + j], 1e-5f, what);
      }
      // What lies behind a row's overrun is another's.
      for (int j = n + products.overrun(); j < cStep; j++) {
        assertEquals(before[AT + i * cStep + j], c[AT + i * cStep + j]);
      }
    }
    assertEquals(before[AT - 1], c[AT - 1]);
  }
}
