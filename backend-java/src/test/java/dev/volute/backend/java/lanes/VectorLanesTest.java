package dev.volute.backend.java.lanes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.volute.backend.java.simd.FloatReductions;
import dev.volute.backend.java.simd.RowFunctions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A result has the same bits whether the JVM interprets a function or has compiled it. */
class VectorLanesTest {
  private static final long SEED = 20261127;
  private static final int COUNT = 50;
  private static final int LENGTH = 899;
  private static final int ENOUGH_TO_COMPILE = 1000;

  private final Random random = new Random(SEED);
  private final float[][] a = rows();
  private final float[][] b = rows();

  private float[][] rows() {
    float[][] rows = new float[COUNT][LENGTH];
    for (float[] row : rows) {
      for (int i = 0; i < LENGTH; i++) {
        row[i] = (random.nextFloat() - 0.5f) * 60;
      }
    }
    return rows;
  }

  /** What a function gives of each row. */
  private interface Rows {
    float of(float[] a, float[] b);
  }

  /** The plain functions are tested without the Vector API. */
  private static void wantVectors() {
    assumeTrue(
        ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent(), "no Vector API here");
  }

  private void sameBitsOnceCompiled(Rows function) {
    float[] first = new float[COUNT];
    for (int i = 0; i < COUNT; i++) {
      first[i] = function.of(a[i], b[i]);
    }
    for (int time = 0; time < ENOUGH_TO_COMPILE; time++) {
      for (int i = 0; i < COUNT; i++) {
        assertEquals(
            first[i],
            function.of(a[i], b[i]),
            "row " + i + ", time " + time + ", random numbers of seed " + SEED);
      }
    }
  }

  @Test
  void sums() {
    wantVectors();
    FloatReductions reductions = new VectorReductions();
    sameBitsOnceCompiled((x, y) -> reductions.sum(LENGTH, x, 0));
  }

  @Test
  void centredProducts() {
    wantVectors();
    RowFunctions functions = new VectorRows();
    sameBitsOnceCompiled((x, y) -> functions.centredDot(LENGTH, x, 0, 0.3f, y, 0, 0.1f));
  }

  @Test
  void sumsOfExponentials() {
    wantVectors();
    RowFunctions functions = new VectorRows();
    float[] powers = new float[LENGTH];
    sameBitsOnceCompiled((x, y) -> functions.exponentials(LENGTH, powers, 0, x, 0, 30));
  }

  @Test
  void noKernelAddsLanesInAnOpenOrder() throws IOException {
    List<Path> sources;
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      sources = files.filter(file -> file.toString().endsWith(".java")).toList();
    }
    for (Path source : sources) {
      assertFalse(
          Files.readString(source).contains("reduceLanes(VectorOperators.ADD)"),
          source + " adds lanes in an order that depends on whether it is compiled");
    }
  }
}
