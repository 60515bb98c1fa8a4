package dev.volute.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimeToSpeedTest {
  private static List<Double> steps(double... countsAndTimes) {
    List<Double> steps = new ArrayList<>();
    for (int i = 0; i < countsAndTimes.length; i += 2) {
      steps.addAll(Collections.nCopies((int) countsAndTimes[i], countsAndTimes[i + 1]));
    }
    return steps;
  }

  @Test
  void slowStepsAtTheBeginningAddUp() {
    TimeToSpeed time = TimeToSpeed.of(steps(1, 500, 10, 100, 200, 20));
    assertEquals(500, time.first());
    assertEquals(20, time.last());
    assertEquals(1.5, time.seconds(), 1e-9);
  }

  @Test
  void oneSlowStepAmongFastOnesIsNoReturnToTheBeginning() {
    assertEquals(0.8, TimeToSpeed.of(steps(4, 200, 100, 10, 1, 300, 100, 10)).seconds(), 1e-9);
  }

  @Test
  void oneFastStepAmongSlowOnesIsByChance() {
    assertEquals(1.21, TimeToSpeed.of(steps(2, 200, 1, 10, 4, 200, 100, 10)).seconds(), 1e-9);
  }

  @Test
  void whatIsFastFromTheStartTakesNoTime() {
    assertEquals(0, TimeToSpeed.of(steps(30, 10)).seconds());
    assertEquals(0, TimeToSpeed.of(steps(1, 10)).seconds());
  }
}
