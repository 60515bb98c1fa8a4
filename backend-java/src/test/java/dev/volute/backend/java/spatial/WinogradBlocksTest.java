package dev.volute.backend.java.spatial;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.plain.PlainLoops;
import dev.volute.tensor.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WinogradBlocksTest {
  private static WinogradBlocks blocks(int samples, int height, int width, int most) {
    Machine machine = new Machine(Workers.of(1), PlainLoops.simd());
    WinogradFilters filters = new WinogradFilters(16, 16, 144, 9, false, machine);
    Shape image = Shape.of(samples, 16, height, width);
    WinogradShape shape = WinogradShape.of(image, 1, 1, filters, height, width);
    return WinogradBlocks.of(shape, 16, most * 36 * 16, 10, true);
  }

  @ParameterizedTest
  @CsvSource({"1,56,56,30", "3,56,53,30", "7,8,8,12", "7,8,8,1", "5,13,17,1000", "1,4,4,1"})
  void coverEachTileOnce(int samples, int height, int width, int most) {
    WinogradBlocks blocks = blocks(samples, height, width, most);
    int tile = 0;
    for (int block = 0; block < blocks.count(); block++) {
      int row = blocks.sample(block) * blocks.shape().tileRows() + blocks.row(block);
      assertEquals(tile, row * blocks.shape().tileColumns());
      assertTrue(blocks.tiles(block) > 0 && blocks.tiles(block) <= blocks.tiles());
      assertEquals(blocks.tiles(block), blocks.parts(block) * blocks.shape().tileColumns());
      tile += blocks.tiles(block);
    }
    assertEquals(samples * blocks.shape().tiles(), tile);
  }

  @ParameterizedTest
  @CsvSource({"128,32,32,227,2", "128,8,8,56,10", "2,8,8,56,2"})
  void fillTheLastUnit(int samples, int height, int width, int most, int expected) {
    assertEquals(expected, blocks(samples, height, width, most).samples());
  }
}
