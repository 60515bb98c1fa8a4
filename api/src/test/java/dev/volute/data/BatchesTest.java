package dev.volute.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.volute.VoluteException;
import dev.volute.random.Philox;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchesTest {

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 3", "13, 1", "13, 13", "17, 7", "64, 31", "65, 64", "100, 127", "0, 4"})
  void everySampleComesOnceWithItsTarget(int samples, int batchSize) {
    Dataset data = numbered(samples);
    for (Batches pass :
        List.of(Batches.inOrder(data, batchSize), Batches.shuffled(data, batchSize, 5, 1))) {
      List<Integer> seen = new ArrayList<>();
      int batches = 0;
      for (Batch batch : pass) {
        batches++;
        for (int i = 0; i < batch.size(); i++) {
          int number = batch.targets().ints()[i];
          assertEquals(number, batch.inputs().floats()[2 * i]);
          assertEquals(-number, batch.inputs().floats()[2 * i + 1]);
          seen.add(number);
        }
      }
      assertEquals((samples + batchSize - 1) / batchSize, batches);
      assertEquals(batches, pass.count());
      seen.sort(null);
      assertEquals(IntStream.range(0, samples).boxed().toList(), seen);
    }
  }

  @Test
  void inOrderKeepsTheOrderAndThePartialBatch() {
    List<Integer> sizes = new ArrayList<>();
    Batches.inOrder(numbered(7), 3).forEach(batch -> sizes.add(batch.size()));
    assertEquals(List.of(3, 3, 1), sizes);
    assertArrayEquals(new int[] {3, 4, 5}, Batches.inOrder(numbered(7), 3).get(1).targets().ints());
  }

  @Test
  void dropPartialLeavesOutTheSmallerBatchOnly() {
    assertEquals(2, Batches.inOrder(numbered(7), 3).dropPartial().count());
    assertEquals(2, Batches.inOrder(numbered(6), 3).dropPartial().count());
    assertEquals(0, Batches.inOrder(numbered(2), 3).dropPartial().count());
  }

  @Test
  void theOrderIsTheOneThatPhiloxDefines() {
    int[] order = new Philox(99, Philox.stream("shuffle"), 4).permutation(10);
    assertArrayEquals(order, Batches.shuffled(numbered(10), 10, 99, 4).get(0).targets().ints());
  }

  @Test
  void theOrderDependsOnSeedAndEpochAlone() {
    int[] order = order(7, 1);
    assertArrayEquals(order, order(7, 1));
    assertNotEquals(Arrays.toString(order), Arrays.toString(order(8, 1)));
    assertNotEquals(Arrays.toString(order), Arrays.toString(order(7, 2)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void batchSizesStartAtOne(int batchSize) {
    String wanted = "Batch size " + batchSize + " is too small; it starts at 1";
    Dataset data = numbered(3);
    assertEquals(wanted, messageOf(() -> Batches.inOrder(data, batchSize)));
    assertEquals(wanted, messageOf(() -> Batches.shuffled(data, batchSize, 0, 0)));
  }

  @Test
  void noBatchBeyondTheLast() {
    Batches pass = Batches.inOrder(numbered(3), 2);
    assertEquals("Batch 2 is not in a pass of 2", messageOf(() -> pass.get(2)));
    assertEquals("Batch -1 is not in a pass of 2", messageOf(() -> pass.get(-1)));
    Iterator<Batch> empty = Batches.inOrder(numbered(0), 2).iterator();
    assertThrows(NoSuchElementException.class, empty::next);
  }

  private static int[] order(long seed, int epoch) {
    return Batches.shuffled(numbered(100), 100, seed, epoch).get(0).targets().ints();
  }

  private static String messageOf(Runnable action) {
    return assertThrows(VoluteException.class, action::run).getMessage();
  }

  /** Sample i is the input (i, -i) with the target i. */
  private static Dataset numbered(int samples) {
    float[] inputs = new float[2 * samples];
    int[] targets = new int[samples];
    for (int i = 0; i < samples; i++) {
      inputs[2 * i] = i;
      inputs[2 * i + 1] = -i;
      targets[i] = i;
    }
    return Dataset.of(
        Tensor.of(Shape.of(samples, 2), inputs), Tensor.of(Shape.of(samples), targets));
  }
}
