package dev.volute.backend.java.dense;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.CacheLine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.Products;
import java.util.Arrays;
import java.util.List;

/**
 * Sums of products of several factors a with one b after the other, which is packed once for all of
 * the factors. Uses slot 1 of each thread's workspace.
 *
 * <p>Until the last b has come, the sums lie in panels of few columns: what follows one another is
 * then read ahead, where rows of a whole matrix come late and drive one another out of the caches.
 */
public final class JointProducts implements Workers.Part {
  /** Panels of b that are packed at a time: memory is read fastest along its rows. */
  private static final int PANELS = 4;

  /**
   * One factor, and what receives the sum of its products.
   *
   * @param cStep distance of c's rows
   */
  public record Target(TransposedFactor a, Floats c, int cStep) {}

  private final int n;
  private final Target[] targets;
  private final Floats sums;
  private final int[] sumsAt;
  private final Products products;
  private final Workers workers;
  private final int panels;
  private final int width;

  private int k;
  private boolean first;
  private boolean last;
  private float[] b = {};
  private int bAt;
  private int bStep;

  /**
   * @param n columns of b
   * @param targets one or more, with as many columns of a as b has rows
   * @param sums memory of {@link #length} elements for all rows of all targets
   */
  public JointProducts(int n, List<Target> targets, Floats sums, Machine machine) {
    this.n = n;
    this.sums = sums;
    this.targets = targets.toArray(Target[]::new);
    products = machine.simd().products();
    workers = machine.workers();
    panels = panels(n, machine);
    int share = workers.threads() == 1 ? PANELS : panels / (2 * workers.threads());
    width = Math.max(1, Math.min(PANELS, share)) * products.panelColumns();
    sumsAt = new int[targets.size()];
    int at = sums.offset();
    for (int i = 0; i < sumsAt.length; i++) {
      sumsAt[i] = at;
      at += length(targets.get(i).a().m(), n, machine);
    }
  }

  /** Elements of memory that the sums of m rows and n columns take. */
  public static int length(int m, int n, Machine machine) {
    Products products = machine.simd().products();
    return panels(n, machine) * products.panelColumns() * products.panelledRows(m);
  }

  private static int panels(int n, Machine machine) {
    int width = machine.simd().products().panelColumns();
    return (n + width - 1) / width;
  }

  /**
   * Adds the products.
   *
   * @param k rows of b
   * @param first whether the sums begin with these
   * @param last whether they end with these
   * @param bStep distance of b's rows
   */
  public void run(int k, boolean first, boolean last, float[] b, int bAt, int bStep) {
    this.k = k;
    this.first = first;
    this.last = last;
    this.b = b;
    this.bAt = bAt;
    this.bStep = bStep;
    workers.run((n + width - 1) / width, this);
  }

  /** Adds some columns; for {@link Workers} only. */
  @Override
  public void run(int part) {
    int column = part * width;
    int columns = Math.min(width, n - column);
    int depth = targets[0].a().depth();
    int panel = products.panelColumns();
    float[] packed = workers.workspace().floats(1, width * depth);
    int panelEnd = Math.min(column + width, panels * panel);
    for (int i = 0; first && i < targets.length; i++) {
      int m = targets[i].a().panelledRows();
      Arrays.fill(sums.array(), sumsAt[i] + column * m, sumsAt[i] + panelEnd * m, 0f);
    }
    for (int l = 0; l < k; l += depth) {
      int length = Math.min(depth, k - l);
      Packing.columns(
          length,
          columns,
          b,
          bAt + l * bStep + column,
          bStep,
          1,
          panel,
          products,
          packed,
          CacheLine.FIRST);
      for (int i = 0; i < targets.length; i++) {
        TransposedFactor a = targets[i].a();
        for (int j = 0; j < columns; j += panel) {
          int from = CacheLine.FIRST + j * length;
          int to = sumsAt[i] + (column + j) * a.panelledRows();
          products.multiplyAddPanels(
              a.m(), panel, length, depth, a.array(), a.at(l), packed, from, sums.array(), to);
        }
      }
    }
    for (int i = 0; last && i < targets.length; i++) {
      for (int j = 0; j < columns; j += panel) {
        int at = sumsAt[i] + (column + j) * targets[i].a().panelledRows();
        copy(targets[i], at, column + j, Math.min(panel, columns - j));
      }
    }
  }

  private void copy(Target target, int sumsAt, int column, int columns) {
    Floats c = target.c();
    for (int i = 0; i < target.a().m(); i++) {
      int from = sumsAt + i * products.panelColumns();
      int to = c.offset() + i * target.cStep() + column;
      System.arraycopy(sums.array(), from, c.array(), to, columns);
    }
  }
}
