package dev.volute.backend.java.parallel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class WorkersTest {
  private static int[] ones(int n) {
    int[] result = new int[n];
    Arrays.fill(result, 1);
    return result;
  }

  private static int[] counts(Workers workers, int parts) {
    AtomicIntegerArray counts = new AtomicIntegerArray(parts);
    workers.run(parts, counts::incrementAndGet);
    return IntStream.range(0, parts).map(counts::get).toArray();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void everyPartRunsOnce(int threads) {
    try (Workers workers = Workers.of(threads)) {
      assertEquals(threads, workers.threads());
      for (int parts = 0; parts < 100; parts++) {
        for (int time = 0; time < 20; time++) {
          assertArrayEquals(ones(parts), counts(workers, parts));
        }
      }
    }
  }

  @Test
  void partsRunAtOnce() {
    try (Workers workers = Workers.of(3)) {
      CountDownLatch met = new CountDownLatch(3);
      Set<Thread> threads = ConcurrentHashMap.newKeySet();
      workers.run(
          3,
          part -> {
            threads.add(Thread.currentThread());
            met.countDown();
            try {
              assertTrue(met.await(30, TimeUnit.SECONDS), "three parts, each on a thread");
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          });
      assertEquals(3, threads.size());
    }
  }

  @Test
  void sleepingWorkersWakeUp() throws InterruptedException {
    try (Workers workers = Workers.of(2)) {
      for (int time = 0; time < 20; time++) {
        Thread.sleep(2);
        assertArrayEquals(ones(10), counts(workers, 10));
      }
    }
  }

  @Test
  void whatAPartWroteIsSeenByTheCaller() {
    try (Workers workers = Workers.of(2)) {
      int[] values = new int[64];
      for (int time = 1; time <= 5000; time++) {
        int written = time;
        workers.run(64, part -> values[part] = written);
        for (int value : values) {
          assertEquals(time, value);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aFailureReachesTheCallerAndHarmsNoLaterJob(int threads) {
    try (Workers workers = Workers.of(threads)) {
      for (int failing = 0; failing < 10; failing++) {
        int one = failing;
        IllegalStateException thrown =
            assertThrows(
                IllegalStateException.class,
                () ->
                    workers.run(
                        10,
                        part -> {
                          if (part == one) {
                            throw new IllegalStateException("part " + part);
                          }
                        }));
        assertEquals("part " + failing, thrown.getMessage());
        assertArrayEquals(ones(10), counts(workers, 10));
      }
    }
  }

  @Test
  void aPartMayRunAJobOfItsOwn() {
    try (Workers workers = Workers.of(3)) {
      AtomicInteger count = new AtomicInteger();
      workers.run(10, part -> workers.run(10, inner -> count.incrementAndGet()));
      assertEquals(100, count.get());
    }
  }

  @Test
  void severalCallersShareThem() throws Exception {
    ExecutorService callers = Executors.newFixedThreadPool(4);
    try (Workers workers = Workers.of(3)) {
      List<Future<?>> jobs = new ArrayList<>();
      for (int caller = 0; caller < 4; caller++) {
        jobs.add(
            callers.submit(
                () -> {
                  for (int time = 0; time < 1000; time++) {
                    assertArrayEquals(ones(7), counts(workers, 7));
                  }
                }));
      }
      for (Future<?> job : jobs) {
        job.get();
      }
    } finally {
      callers.shutdown();
    }
  }

  @Test
  void closedWorkersLeaveJobsToTheirCallers() {
    Workers workers = Workers.of(3);
    workers.close();
    workers.close();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    workers.run(10, part -> threads.add(Thread.currentThread()));
    assertEquals(Set.of(Thread.currentThread()), threads);
  }

  @Test
  void aWorkspaceIsAThreadsOwn() throws Exception {
    Workspace workspace = new Workspace();
    float[] mine = workspace.floats(0, 10);
    assertTrue(mine.length >= 10);
    assertSame(mine, workspace.floats(0, 5));
    assertNotSame(mine, workspace.floats(1, 5));
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      assertNotSame(mine, other.submit(() -> workspace.floats(0, 10)).get());
    } finally {
      other.shutdown();
    }
  }
}
