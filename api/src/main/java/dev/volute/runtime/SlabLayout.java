package dev.volute.runtime;

import dev.volute.tensor.DType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Lays buffers into one slab per element type so that those which live at the same time lie apart:
 * largest first, each in the tightest gap that its neighbours in time leave.
 */
final class SlabLayout {
  private SlabLayout() {}

  /**
   * Sets the offset of every buffer.
   *
   * @return the size of each slab in elements
   */
  static Map<DType, Long> assign(List<Buffer> buffers) {
    Map<DType, Long> sizes = new EnumMap<>(DType.class);
    for (DType dtype : DType.values()) {
      List<Buffer> placed = new ArrayList<>();
      List<Buffer> waiting =
          buffers.stream()
              .filter(buffer -> buffer.dtype == dtype)
              .sorted(Comparator.comparingLong((Buffer buffer) -> -buffer.elements))
              .toList();
      long size = 0;
      for (Buffer buffer : waiting) {
        buffer.offset = tightestGap(buffer, placed);
        placed.add(buffer);
        size = Math.max(size, buffer.offset + rounded(buffer.elements));
      }
      if (!waiting.isEmpty()) {
        sizes.put(dtype, size);
      }
    }
    return sizes;
  }

  private static long tightestGap(Buffer buffer, List<Buffer> placed) {
    List<Buffer> neighbours = new ArrayList<>();
    for (Buffer other : placed) {
      if (other.livesWith(buffer)) {
        neighbours.add(other);
      }
    }
    neighbours.sort(Comparator.comparingLong(other -> other.offset));
    long wanted = rounded(buffer.elements);
    long best = -1;
    long bestGap = Long.MAX_VALUE;
    long end = 0;
    for (Buffer other : neighbours) {
      long gap = other.offset - end;
      if (gap >= wanted && gap < bestGap) {
        best = end;
        bestGap = gap;
      }
      end = Math.max(end, other.offset + rounded(other.elements));
    }
    return best >= 0 ? best : end;
  }

  private static long rounded(long elements) {
    return (elements + Buffer.ALIGNMENT - 1) / Buffer.ALIGNMENT * Buffer.ALIGNMENT;
  }
}
