package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.spi.Kernel;
import java.util.Arrays;

/** The mean of each window; or the other way, the gradient of the mean to the window's cells. */
final class AveragePooling implements Kernel {
  private final PoolShape shape;
  private final boolean countPadding;
  private final Floats image;
  private final Floats output;
  private final Workers workers;
  private final Workers.Part part;

  private AveragePooling(
      PoolShape shape,
      boolean countPadding,
      boolean forward,
      Floats image,
      Floats output,
      Workers workers) {
    this.shape = shape;
    this.countPadding = countPadding;
    this.image = image;
    this.output = output;
    this.workers = workers;
    this.part = forward ? this::mean : this::spread;
  }

  /** From the image to the means. */
  static AveragePooling forward(
      PoolShape shape, boolean countPadding, Floats image, Floats result, Workers workers) {
    return new AveragePooling(shape, countPadding, true, image, result, workers);
  }

  /** From the gradient of the means to that of the image. */
  static AveragePooling backward(
      PoolShape shape, boolean countPadding, Floats gradient, Floats result, Workers workers) {
    return new AveragePooling(shape, countPadding, false, result, gradient, workers);
  }

  @Override
  public void run() {
    workers.run(shape.parts(), part);
  }

  private void mean(int part) {
    int end = shape.firstPlane(part + 1);
    for (int plane = shape.firstPlane(part); plane < end; plane++) {
      int to = output.offset() + plane * shape.outPlane();
      for (int i = 0; i < shape.outHeight(); i++) {
        for (int j = 0; j < shape.outWidth(); j++) {
          output.array()[to++] = mean(plane, shape.row(i), shape.column(j));
        }
      }
    }
  }

  private float mean(int plane, int row, int column) {
    int lastRow = Math.min(row + shape.windowHeight(), shape.height());
    int lastColumn = Math.min(column + shape.windowWidth(), shape.width());
    double sum = 0;
    for (int y = Math.max(row, 0); y < lastRow; y++) {
      int at = image.offset() + plane * shape.plane() + y * shape.width();
      for (int x = Math.max(column, 0); x < lastColumn; x++) {
        sum += image.array()[at + x];
      }
    }
    return (float) (sum / shape.divisor(countPadding, row, column));
  }

  private void spread(int part) {
    int end = shape.firstPlane(part + 1);
    for (int plane = shape.firstPlane(part); plane < end; plane++) {
      int from = output.offset() + plane * shape.outPlane();
      int to = image.offset() + plane * shape.plane();
      Arrays.fill(image.array(), to, to + shape.plane(), 0f);
      for (int i = 0; i < shape.outHeight(); i++) {
        for (int j = 0; j < shape.outWidth(); j++) {
          spread(output.array()[from++], plane, shape.row(i), shape.column(j));
        }
      }
    }
  }

  private void spread(float gradient, int plane, int row, int column) {
    int lastRow = Math.min(row + shape.windowHeight(), shape.height());
    int lastColumn = Math.min(column + shape.windowWidth(), shape.width());
    float share = gradient / shape.divisor(countPadding, row, column);
    for (int y = Math.max(row, 0); y < lastRow; y++) {
      int at = image.offset() + plane * shape.plane() + y * shape.width();
      for (int x = Math.max(column, 0); x < lastColumn; x++) {
        image.array()[at + x] += share;
      }
    }
  }
}
