package dev.volute.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SamplerTest {
  private static final float[] LOGITS = {0, (float) Math.log(2), (float) Math.log(5)};

  @Test
  void temperatureOneDrawsTheNetworksProbabilities() {
    assertFrequencies(1, 1 / 8.0, 2 / 8.0, 5 / 8.0);
  }

  @Test
  void temperatureSharpensOrFlattens() {
    assertFrequencies(0.5, 1 / 30.0, 4 / 30.0, 25 / 30.0);
    assertFrequencies(1e-6, 0, 0, 1);
    assertFrequencies(1e6, 1 / 3.0, 1 / 3.0, 1 / 3.0);
  }

  @Test
  void theSeedDecides() {
    int[] once = draws(7, 1, 100);
    assertArrayEquals(once, draws(7, 1, 100));
    assertFalse(Arrays.equals(once, draws(8, 1, 100)));
  }

  @Test
  void hugeLogitsAndExcludedIdsAreFine() {
    Sampler sampler = new Sampler(1, 1);
    for (int i = 0; i < 100; i++) {
      assertEquals(1, sampler.next(new float[] {-1e30f, 1e30f, Float.NEGATIVE_INFINITY}));
    }
  }

  private static void assertFrequencies(double temperature, double... wanted) {
    int count = 20_000;
    int[] draws = draws(3, temperature, count);
    for (int id = 0; id < wanted.length; id++) {
      int wantedId = id;
      double share = IntStream.of(draws).filter(draw -> draw == wantedId).count() / (double) count;
      assertEquals(wanted[id], share, 0.015, "id " + id + " at temperature " + temperature);
    }
  }

  private static int[] draws(long seed, double temperature, int count) {
    Sampler sampler = new Sampler(seed, temperature);
    return IntStream.range(0, count).map(i -> sampler.next(LOGITS)).toArray();
  }
}
