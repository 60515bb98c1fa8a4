package dev.volute.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.graph.Copy;
import dev.volute.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SlabLayoutTest {
  private static Buffer buffer(DType dtype, long elements, int firstUse, int lastUse) {
    return Buffer.slab(new Copy(dtype), dtype, elements, firstUse, lastUse);
  }

  @Test
  void buffersThatLiveTogetherLieApart() {
    for (long seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      List<Buffer> buffers = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        int first = random.nextInt(40);
        DType dtype = random.nextInt(4) == 0 ? DType.I32 : DType.F32;
        buffers.add(buffer(dtype, random.nextInt(300), first, first + random.nextInt(12)));
      }
      Map<DType, Long> sizes = SlabLayout.assign(buffers);
      for (Buffer a : buffers) {
        assertTrue(a.offset % Buffer.ALIGNMENT == 0 && a.offset >= 0, "seed " + seed);
        assertTrue(a.offset + a.elements <= sizes.getOrDefault(a.dtype, 0L), "seed " + seed);
        for (Buffer b : buffers) {
          boolean together = a != b && a.dtype == b.dtype && a.livesWith(b);
          boolean apart = a.offset + a.elements <= b.offset || b.offset + b.elements <= a.offset;
          assertTrue(!together || apart, "seed " + seed + ": two buffers share memory");
        }
      }
    }
  }

  @Test
  void aChainNeedsNoMoreThanTwoOfItsBuffers() {
    List<Buffer> chain = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      chain.add(buffer(DType.F32, 1024, i, i + 1));
    }
    assertEquals(Map.of(DType.F32, 2048L), SlabLayout.assign(chain));
  }

  @Test
  void buffersWithoutElementsHaveASlabToo() {
    assertEquals(Map.of(DType.I32, 0L), SlabLayout.assign(List.of(buffer(DType.I32, 0, 0, 1))));
  }
}
