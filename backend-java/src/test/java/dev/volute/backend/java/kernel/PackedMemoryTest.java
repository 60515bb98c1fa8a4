package dev.volute.backend.java.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PackedMemoryTest {
  private static final int LINE = 16;
  private static final int HEADER = 4;

  @Test
  void piecesBeginWithALineWhereTheArraysHeaderDoes() {
    PackedMemory memory = new PackedMemory();
    for (int elements : new int[] {1, 15, 16, 17, 600_000, 3, 2_000_000, 100}) {
      assertEquals(0, (HEADER + memory.allocate(elements).offset()) % LINE, elements + " elements");
    }
  }

  @Test
  void piecesAreZeroAndApart() {
    PackedMemory memory = new PackedMemory();
    List<Floats> pieces = new ArrayList<>();
    int[] lengths = {7, 300_000, 1, 400_000, 500_000, 16, 1_000_000, 33};
    for (int i = 0; i < lengths.length; i++) {
      Floats piece = memory.allocate(lengths[i]);
      for (int j = 0; j < lengths[i]; j++) {
        assertEquals(0f, piece.array()[piece.offset() + j]);
      }
      Arrays.fill(piece.array(), piece.offset(), piece.offset() + lengths[i], i + 1);
      pieces.add(piece);
    }
    for (int i = 0; i < lengths.length; i++) {
      Floats piece = pieces.get(i);
      for (int j = 0; j < lengths[i]; j++) {
        assertEquals(i + 1f, piece.array()[piece.offset() + j]);
      }
    }
  }

  @Test
  void smallPiecesShareAnArrayAndLargeOnesHaveTheirOwn() {
    PackedMemory memory = new PackedMemory();
    Floats small = memory.allocate(100);
    Floats large = memory.allocate(600_000);
    assertSame(small.array(), memory.allocate(100).array());
    assertNotSame(small.array(), large.array());
    assertEquals(large.offset() + 600_000, large.array().length);
  }
}
