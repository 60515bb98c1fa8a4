package dev.volute.backend.java.dense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GemmTest {
  private static final float UNTOUCHED = 12345f;

  /** A matrix somewhere in an array, with a gap behind each row. */
  private record Matrix(float[] array, int at, int step) {
    static Matrix random(int rows, int columns, boolean transposed, int gap, Random random) {
      int lines = transposed ? columns : rows;
      int step = (transposed ? rows : columns) + gap;
      // The last row ends where the array ends.
      float[] array = new float[5 + Math.max(0, lines * step - gap)];
      for (int i = 0; i < array.length; i++) {
        array[i] = random.nextFloat() * 2 - 1;
      }
      return new Matrix(array, 5, step);
    }

    float get(int row, int column, boolean transposed) {
      return transposed ? array[at + column * step + row] : array[at + row * step + column];
    }

    Matrix copy() {
      return new Matrix(array.clone(), at, step);
    }
  }

  private static void check(ProductForm form, int gap, int seed) {
    Random random = new Random(seed);
    Matrix a = Matrix.random(form.m(), form.k(), form.transposedA(), gap, random);
    Matrix b = Matrix.random(form.k(), form.n(), form.transposedB(), gap, random);
    Matrix before = Matrix.random(form.m(), form.n(), false, gap, random);
    for (int i = 0; i < before.array.length; i++) {
      int place = i - before.at;
      if (place < 0 || place % before.step >= form.n()) {
        before.array[i] = UNTOUCHED;
      } else if (!form.accumulate()) {
        before.array[i] = Float.NaN;
      }
    }
    for (int threads = 1; threads <= 3; threads++) {
      for (Machine machine : Machines.all(threads)) {
        try (var workers = machine.workers()) {
          Matrix c = before.copy();
          new Gemm(form, machine)
              .run(a.array, a.at, a.step, b.array, b.at, b.step, c.array, c.at, c.step);
          String what =
              machine.simd().description() + ", " + workers.threads() + " threads, seed " + seed;
          compare(form, a, b, before, c, what);
        }
      }
    }
  }

  private static void compare(
      ProductForm form, Matrix a, Matrix b, Matrix before, Matrix c, String what) {
    for (int i = 0; i < form.m(); i++) {
      for (int j = 0; j < form.n(); j++) {
        double sum = 0;
        double size = 1;
        for (int l = 0; l < form.k(); l++) {
          double product =
              (double) a.get(i, l, form.transposedA()) * b.get(l, j, form.transposedB());
          sum += product;
          size += Math.abs(product);
        }
        double expected = form.alpha() * sum;
        if (form.accumulate()) {
          expected += before.get(i, j, false);
        }
        if (form.bias().isPresent()) {
          Floats bias = form.bias().get();
          expected += bias.array()[bias.offset() + j];
        }
        if (form.activation().isPresent()) {
          expected = Math.abs(expected);
        }
        assertEquals(expected, c.get(i, j, false), 1e-6 * size, what + " at " + i + ", " + j);
      }
    }
    for (int i = 0; i < c.array.length; i++) {
      int place = i - c.at;
      if (place < 0 || place % c.step >= form.n()) {
        assertEquals(UNTOUCHED, c.array[i], what + ": outside of c, at " + i);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1",
    "1,17,3",
    "1,300,50",
    "2,13,7",
    "3,100,1",
    "4,48,16",
    "5,65,31",
    "7,7,100",
    "8,16,8",
    "13,64,17",
    "17,3,400",
    "31,33,65",
    "65,31,13",
    "100,100,100",
    "130,50,770",
    "140,1700,5",
    "520,13,3",
    "64,500,80",
    "64,200,900",
    "13,170,31",
    "0,3,4",
    "3,0,4",
    "3,4,0"
  })
  void isTheProduct(int m, int n, int k) {
    for (boolean transposedA : new boolean[] {false, true}) {
      for (boolean transposedB : new boolean[] {false, true}) {
        ProductForm form = ProductForm.of(m, n, k).transposed(transposedA, transposedB);
        check(form, 0, 1);
        check(form, 3, 2);
        check(form.added(), 1, 3);
        check(form.times(-0.5f).added(), 0, 4);
      }
    }
  }

  @Test
  void addsTheBiasAndAppliesTheActivation() {
    Floats bias = new Floats(new float[] {0, 0, 1, -2, 3, 4, -5}, 2);
    ProductForm form =
        ProductForm.of(7, 5, 400)
            .finished(
                Optional.of(bias),
                Optional.of(
                    (count, y, yAt, x, xAt, z, zAt) -> {
                      for (int i = 0; i < count; i++) {
                        y[yAt + i] = Math.abs(x[xAt + i]);
                      }
                    }));
    check(form, 2, 5);
    check(form.transposed(false, true), 2, 6);
  }

  @Test
  void threadsAndPlaceChangeNoBit() {
    Random random = new Random(7);
    for (ProductForm form :
        new ProductForm[] {
          ProductForm.of(70, 700, 500),
          ProductForm.of(333, 150, 401).transposed(true, false),
          ProductForm.of(64, 800, 500).transposed(false, true)
        }) {
      Matrix a = Matrix.random(form.m(), form.k(), form.transposedA(), 0, random);
      Matrix b = Matrix.random(form.k(), form.n(), form.transposedB(), 0, random);
      for (int choice = 0; choice < Machines.all(1).size(); choice++) {
        float[] first = {};
        for (int threads = 1; threads <= 4; threads++) {
          try (var workers = Machines.all(threads).get(choice).workers()) {
            Machine machine = new Machine(workers, Machines.all(1).get(choice).simd());
            float[] roomyB = Arrays.copyOf(b.array, b.array.length + 100 * (threads - 1));
            float[] c = new float[form.m() * form.n()];
            new Gemm(form, machine)
                .run(a.array, a.at, a.step, roomyB, b.at, b.step, c, 0, form.n());
            if (threads == 1) {
              first = c;
            }
            assertArrayEquals(first, c, machine.simd().description() + ", " + threads);
          }
        }
      }
    }
  }
}
