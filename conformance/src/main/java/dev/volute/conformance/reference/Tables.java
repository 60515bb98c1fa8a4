package dev.volute.conformance.reference;

import dev.volute.graph.RandomUniform;
import dev.volute.graph.composite.Dropout;
import dev.volute.random.Philox;
import dev.volute.spi.IndexRangeException;
import dev.volute.spi.Kernel;

/** Kernels that move rows by their numbers, and the random numbers. */
final class Tables {
  private Tables() {}

  static Kernel gather(Elements table, Elements indices, Elements y) {
    int rows = table.shape().dim(0);
    int width = indices.size() == 0 ? 0 : y.size() / indices.size();
    return () -> {
      for (int i = 0; i < indices.size(); i++) {
        int row = row(indices, i, rows);
        for (int j = 0; j < width; j++) {
          y.set(i * width + j, table.get(row * width + j));
        }
      }
    };
  }

  static Kernel scatterAdd(Elements indices, Elements updates, Elements y) {
    int rows = y.shape().dim(0);
    int width = rows == 0 ? 0 : y.size() / rows;
    return () -> {
      y.clear();
      for (int i = 0; i < indices.size(); i++) {
        int row = row(indices, i, rows);
        for (int j = 0; j < width; j++) {
          y.add(row * width + j, updates.get(i * width + j));
        }
      }
    };
  }

  /**
   * @throws IndexRangeException if the index points outside
   */
  static int row(Elements indices, int i, int rows) {
    int row = indices.integer(i);
    if (row < 0 || row >= rows) {
      throw new IndexRangeException(i, row, rows);
    }
    return row;
  }

  static Kernel randomUniform(RandomUniform op, Elements key, Elements y) {
    return () -> {
      Philox random = random(key, op.stream());
      for (int i = 0; i < y.size(); i++) {
        y.set(i, random.uniform(i));
      }
    };
  }

  static Kernel dropout(Dropout op, Elements x, Elements key, Elements y) {
    return () -> {
      Philox random = random(key, op.stream());
      for (int i = 0; i < y.size(); i++) {
        y.set(i, random.uniform(i) >= op.rate() ? x.get(i) / (1 - op.rate()) : 0);
      }
    };
  }

  /** The generator of a key [3]: seed low, seed high, step. */
  static Philox random(Elements key, int stream) {
    long low = key.integer(0) & 0xFFFFFFFFL;
    long high = (long) key.integer(1) << 32;
    return new Philox(high | low, stream, key.integer(2));
  }
}
