package dev.volute.backend.java.dense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.simd.Products;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Products of blocks, whose first matrix lies in every way that kernels use. */
class ProductsTest {
  private static final int AT = 3;
  private static final List<Machine> MACHINES = Machines.all(1);

  @AfterAll
  static void stopThreads() {
    MACHINES.forEach(machine -> machine.workers().close());
  }

  /**
   * How a lies; element (i, l) is at {@code AT + i / height * panel + i % height * row + l * k}.
   */
  private record Lying(int height, int panelStep, int rowStep, int kStep) {
    static Lying random(int height, int m, int k, Random random) {
      return switch (random.nextInt(4)) {
        case 0 -> new Lying(height, height * k, 1, height);
        case 1 -> new Lying(height, height, 1, m + random.nextInt(3));
        case 2 -> {
          int step = k + random.nextInt(3);
          yield new Lying(height, height * step, step, 1);
        }
        default -> {
          int step = Math.max(k, Products.ROW_PITCH);
          yield new Lying(height, height * step, step, 1);
        }
      };
    }

    int at(int i, int l) {
      return AT + i / height * panelStep + i % height * rowStep + l * kStep;
    }

    /** The shortest array that holds all. */
    int length(int m, int k) {
      int rows = rowStep == 1 && kStep == height ? (m + height - 1) / height * height : m;
      return k == 0 ? AT : at(rows - 1, k - 1) + 1;
    }
  }

  static IntStream seeds() {
    return IntStream.range(0, 150);
  }

  private static float[] random(int length, Random random) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = random.nextFloat() * 2 - 1;
    }
    return values;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void addToEachElementOneSum(int seed) {
    for (Machine machine : MACHINES) {
      check(machine.simd().products(), machine.simd().description(), seed);
    }
  }

  private static void check(Products products, String description, int seed) {
    Random random = new Random(seed);
    int m = 1 + random.nextInt(30);
    int n = random.nextInt(150);
    int k = random.nextInt(4) == 0 ? 380 + random.nextInt(450) : random.nextInt(70);
    Lying lying = Lying.random(products.panelRows(), m, k, random);
    float[] a = random(lying.length(m, k), random);
    int bStep = n + random.nextInt(3);
    float[] b = random(AT + Math.max(0, (k - 1) * bStep + n), random);
    int cStep = n + random.nextInt(3);
    float[] before = random(AT + (m - 1) * cStep + n + 5, random);
    float[] c = before.clone();
    multiply(products, lying, 0, m, n, k, a, b, bStep, c, cStep);
    String what = "%s, seed %d: %d x %d x %d, %s".formatted(description, seed, m, n, k, lying);
    for (int place = 0; place < c.length; place++) {
      int i = (place - AT) / Math.max(1, cStep);
      int j = (place - AT) % Math.max(1, cStep);
      double expected = before[place];
      double size = 1;
      for (int l = 0; l < k && place >= AT && i < m && j < n; l++) {
        double product = (double) a[lying.at(i, l)] * b[AT + l * bStep + j];
        expected += product;
        size += Math.abs(product);
      }
      assertEquals(expected, c[place], size == 1 ? 0 : 1e-6 * size, what + " at " + i + ", " + j);
    }
    float[] divided = before.clone();
    for (int from = 0; from < m; from += products.panelRows()) {
      int rows = Math.min(products.panelRows(), m - from);
      multiply(products, lying, from, rows, n, k, a, b, bStep, divided, cStep);
    }
    assertArrayEquals(c, divided, what + ": bits depend on the blocks");
  }

  private static void multiply(
      Products products,
      Lying lying,
      int from,
      int rows,
      int n,
      int k,
      float[] a,
      float[] b,
      int bStep,
      float[] c,
      int cStep) {
    products.multiplyAdd(
        rows,
        n,
        k,
        a,
        AT + from / lying.height() * lying.panelStep(),
        lying.panelStep(),
        lying.rowStep(),
        lying.kStep(),
        b,
        AT,
        bStep,
        c,
        AT + from * cStep,
        cStep);
  }

  @Test
  void packPanelsBehindOneAnother() {
    Random random = new Random(1);
    for (Machine machine : MACHINES) {
      Products products = machine.simd().products();
      for (int width : new int[] {products.panelColumns(), products.rowColumns()}) {
        for (int panels = 0; panels <= 9; panels++) {
          int k = random.nextInt(20);
          int step = panels * width + random.nextInt(3);
          float[] b = random(AT + Math.max(0, (k - 1) * step + panels * width), random);
          float[] packed = new float[AT + panels * width * k];
          products.pack(panels, width, k, b, AT, step, packed, AT);
          for (int i = 0; i < panels * width * k; i++) {
            int panel = i / (width * k);
            int l = i / width % k;
            float expected = b[AT + l * step + panel * width + i % width];
            assertEquals(expected, packed[AT + i], machine.simd().description());
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void multiplyPanelsAsIfTheyLayElsewhere(int seed) {
    for (Machine machine : MACHINES) {
      Products products = machine.simd().products();
      Random random = new Random(seed);
      int m = 1 + random.nextInt(60);
      int n = products.panelColumns();
      int depth = 1 + random.nextInt(70);
      int k = 1 + random.nextInt(depth);
      int xStep = m + random.nextInt(3);
      float[] x = random(AT + (k - 1) * xStep + m, random);
      float[] b = random(AT + k * n, random);
      float[] expected = random(AT + products.panelledRows(m) * n, random);
      float[] c = expected.clone();
      int step = products.panelRows();
      products.multiplyAdd(m, n, k, x, AT, step, 1, xStep, b, AT, n, expected, AT, n);

      float[] a = random(AT + products.panelledRows(m) * depth + 1, random);
      float end = a[a.length - 1];
      int height;
      for (int i = 0; i < m; i += height) {
        height = products.panelHeight(m - i);
        int rows = Math.min(height, m - i);
        int some = random.nextInt(k + 1);
        int to = AT + i * depth;
        int rest = AT + some * xStep + i;
        products.packPanel(height, rows, some, x, AT + i, xStep, a, to);
        products.packPanel(height, rows, k - some, x, rest, xStep, a, to + some * height);
      }
      assertEquals(end, a[a.length - 1]);
      products.multiplyAddPanels(m, n, k, depth, a, AT, b, AT, c, AT);
      String what = "%s: %d x %d".formatted(machine.simd().description(), m, k);
      assertArrayEquals(Arrays.copyOf(expected, AT + m * n), Arrays.copyOf(c, AT + m * n), what);
    }
  }
}
