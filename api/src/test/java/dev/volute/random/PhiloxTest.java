package dev.volute.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PhiloxTest {
  /** The answers that the authors of Philox publish with their reference implementation. */
  @Test
  void publishedKnownAnswers() {
    assertArrayEquals(
        new int[] {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, Philox.block(0, 0, 0, 0, 0, 0));
    assertArrayEquals(
        new int[] {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
        Philox.block(-1, -1, -1, -1, -1, -1));
    assertArrayEquals(
        new int[] {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1},
        Philox.block(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0));
  }

  @Test
  void elementsAreTheWordsOfSuccessiveBlocks() {
    long seed = 0x123456789abcdef0L;
    Philox random = new Philox(seed, 7, 11);
    for (int block = 0; block < 5; block++) {
      int[] words = Philox.block(block, 0, 7, 11, 0x9abcdef0, 0x12345678);
      for (int word = 0; word < 4; word++) {
        assertEquals(words[word], random.bits(4L * block + word));
        assertEquals((words[word] >>> 8) / (float) (1 << 24), random.uniform(4L * block + word));
      }
    }
    int[] far = Philox.block(3, 1, 7, 11, 0x9abcdef0, 0x12345678);
    assertEquals(far[2], random.bits((1L << 34) + 14));
  }

  @Test
  void streamNumbersAreFnv1aOfUtf16() {
    assertEquals(0x811C9DC5, Philox.stream(""));
    int hash = (0x811C9DC5 ^ 'a') * 0x01000193 * 0x01000193;
    assertEquals(hash, Philox.stream("a"));
  }

  @Test
  void normalsHaveMeanZeroAndVarianceOne() {
    Philox random = new Philox(1, 2, 3);
    double sum = 0;
    double squares = 0;
    int n = 100_000;
    for (int i = 0; i < n; i++) {
      double x = random.normal(i);
      sum += x;
      squares += x * x;
    }
    assertEquals(0, sum / n, 4 / Math.sqrt(n));
    assertEquals(1, squares / n, 4 * Math.sqrt(2.0 / n));
  }

  @Test
  void permutationsHoldEachNumberOnce() {
    for (int n : new int[] {0, 1, 2, 3, 100}) {
      int[] order = new Philox(5, n, 0).permutation(n);
      int[] sorted = order.clone();
      Arrays.sort(sorted);
      assertArrayEquals(IntStream.range(0, n).toArray(), sorted);
    }
    int[] first = new Philox(5, 0, 0).permutation(100);
    int[] other = new Philox(5, 0, 1).permutation(100);
    assertTrue(!Arrays.equals(first, other), "another step gives another permutation");
  }
}
