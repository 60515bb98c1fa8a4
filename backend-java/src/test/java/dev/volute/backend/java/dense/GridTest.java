package dev.volute.backend.java.dense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GridTest {
  @ParameterizedTest
  @CsvSource({
    "1, 8, 1, 48, 4, 2",
    "3200, 8, 128, 48, 4, 2",
    "128, 8, 384, 48, 4, 2",
    "65, 4, 100, 24, 8, 4",
    "20, 8, 4096, 48, 6, 3",
    "7, 8, 13, 48, 16, 8",
    "100, 4, 256, 256, 1, 1"
  })
  void everyElementIsInOneBlock(
      int m, int panelRows, int n, int panelColumns, int parts, int threads) {
    Grid grid = Grid.of(m, panelRows, n, panelColumns, parts, threads);
    assertTrue(grid.parts() <= parts);
    int[] seen = new int[m * n];
    for (int part = 0; part < grid.parts(); part++) {
      for (int i = grid.row(part); i < Math.min(m, grid.row(part) + grid.rows()); i++) {
        for (int j = grid.column(part); j < Math.min(n, grid.column(part) + grid.columns()); j++) {
          seen[i * n + j]++;
        }
      }
    }
    int[] once = new int[m * n];
    Arrays.fill(once, 1);
    assertArrayEquals(once, seen);
  }

  @ParameterizedTest
  @CsvSource({"3200, 128", "12800, 64", "12800, 128"})
  void threadsShareNarrowResultsByRows(int m, int n) {
    Grid grid = Grid.of(m, 8, n, 48, 4, 2);
    assertEquals(m / 2, grid.rows());
    assertEquals(2, grid.parts());
  }

  @ParameterizedTest
  @CsvSource({"0, 5", "5, 0"})
  void anEmptyResultHasNoBlocks(int m, int n) {
    assertEquals(0, Grid.of(m, 8, n, 48, 4, 2).parts());
  }
}
