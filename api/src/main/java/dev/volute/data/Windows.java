package dev.volute.data;

import dev.volute.VoluteException;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;

/** Windows of equal length cut from one long sequence. */
public final class Windows {
  private Windows() {}

  /**
   * Windows for language modelling: the target of every step is the id that follows it. A window
   * starts every {@code stride} ids; what remains at the end and does not fill a window is left
   * out.
   *
   * @param ids the sequence
   * @param time length of a window
   * @param stride from one window's start to the next; equal to {@code time}, each id is a target
   *     once
   * @return inputs I32 [windows, time], targets I32 [windows, time]
   * @throws VoluteException if time or stride is below 1, or the sequence is too short for one
   *     window
   */
  public static Dataset nextId(int[] ids, int time, int stride) {
    int count = count(ids.length, time, stride);
    int[] inputs = new int[Math.multiplyExact(count, time)];
    int[] targets = new int[inputs.length];
    for (int window = 0; window < count; window++) {
      System.arraycopy(ids, window * stride, inputs, window * time, time);
      System.arraycopy(ids, window * stride + 1, targets, window * time, time);
    }
    Shape shape = Shape.of(count, time);
    return Dataset.of(Tensor.of(shape, inputs), Tensor.of(shape, targets));
  }

  /**
   * Windows for forecasting one step ahead: the target is the value after the window. A window
   * starts at every value.
   *
   * @param values the series; the target of window {@code w} is {@code values[w + time]}
   * @param time length of a window
   * @return inputs F32 [windows, time, 1], targets F32 [windows, 1]
   * @throws VoluteException if time is below 1, or the series is too short for one window
   */
  public static Dataset nextValue(float[] values, int time) {
    int count = count(values.length, time, 1);
    float[] inputs = new float[Math.multiplyExact(count, time)];
    float[] targets = new float[count];
    for (int window = 0; window < count; window++) {
      System.arraycopy(values, window, inputs, window * time, time);
      targets[window] = values[window + time];
    }
    return Dataset.of(
        Tensor.of(Shape.of(count, time, 1), inputs), Tensor.of(Shape.of(count, 1), targets));
  }

  private static int count(int length, int time, int stride) {
    if (time < 1 || stride < 1) {
      throw new VoluteException(
          "Windows of %d steps every %d steps: both start at 1".formatted(time, stride));
    }
    if (length <= time) {
      throw new VoluteException(
          "A sequence of %d steps is too short for windows of %d steps and a target; it needs %d"
              .formatted(length, time, time + 1L));
    }
    return (length - time - 1) / stride + 1;
  }
}
