package dev.volute.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.VoluteException;
import java.time.Duration;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** On a clock of its own, which only the runs move. */
class WarmUpTest {
  private long now;
  private long runs;

  /**
   * @param millis how long a run takes, by its number
   */
  private WarmUp warmUp(LongUnaryOperator millis, Duration limit) {
    return WarmUp.of(
        () -> now += Duration.ofMillis(millis.applyAsLong(runs++)).toNanos(), limit, () -> now);
  }

  @Test
  void itEndsOnceRunsGetNoFaster() {
    WarmUp warmUp = warmUp(run -> run < 20 ? 1000 : run < 40 ? 100 : 20, Duration.ofHours(1));
    assertTrue(warmUp.settled());
    assertEquals(Duration.ofMillis(20), warmUp.run());
    // The first group of fast runs, and three that are no faster.
    assertEquals(80, warmUp.runs());
    assertEquals(runs, warmUp.runs());
    assertEquals(Duration.ofMillis(20 * 1000 + 20 * 100 + 40 * 20), warmUp.duration());
  }

  @Test
  void slowRunsAmongFastOnesDoNotCount() {
    WarmUp warmUp = warmUp(run -> run % 7 == 3 ? 900 : 50, Duration.ofHours(1));
    assertTrue(warmUp.settled());
    assertEquals(Duration.ofMillis(50), warmUp.run());
    assertEquals(40, warmUp.runs());
  }

  @Test
  void itEndsAtItsLimit() {
    WarmUp warmUp = warmUp(run -> 1000 - run, Duration.ofSeconds(5));
    assertFalse(warmUp.settled());
    assertEquals(6, warmUp.runs());
  }

  @Test
  void shortRunsMakeUpALongGroup() {
    WarmUp warmUp = warmUp(run -> 1, Duration.ofHours(1));
    assertEquals(800, warmUp.runs());
  }

  @Test
  void theLimitIsAboveZero() {
    assertThrows(VoluteException.class, () -> warmUp(run -> 1, Duration.ZERO));
  }
}
