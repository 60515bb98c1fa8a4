package dev.volute.backend.java.dense;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.CacheLine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.parallel.Workspace;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.backend.java.simd.Products;
import java.util.Arrays;
import java.util.Optional;

/**
 * A matrix product of one form, made at binding and run any number of times, by one thread at a
 * time.
 *
 * <p>It is divided into blocks of rows and columns, which run at once; each element is one sum in
 * the order of k, so the division changes no bit. Each block uses slots 0 and 1 of its thread's
 * workspace.
 */
public final class Gemm implements Workers.Part {
  /** Elements of a sum that are added before the next block of columns: a panel fits the cache. */
  private static final int DEPTH = 384;

  /** Rows of a that are packed at a time, and of c that are begun: both stay in the cache. */
  private static final int ROWS = 128;

  /** Columns of b that are packed at a time. */
  private static final int COLUMNS = 1536;

  /** Up to this many rows, b is read where it lies: packing it would cost more than it saves. */
  private static final int DIRECT_ROWS = 16;

  /**
   * Up to this many rows, a product with transposed b is computed as its mirror image: the small a
   * is transposed then, not the large b.
   */
  private static final int MIRRORED_ROWS = 256;

  /** Rows of a mirrored product that are computed at a time. */
  private static final int MIRROR = 64;

  /** Multiplications that are worth a part of their own: about 40 microseconds. */
  private static final long PART_WORK = 2_000_000;

  private final ProductForm form;
  private final Products products;
  private final Workers workers;
  private final Grid grid;
  private final boolean packA;
  private final boolean packB;
  private final boolean mirrored;
  private final int depth;

  private float[] a = {};
  private int aAt;
  private int aStep;
  private float[] b = {};
  private int bAt;
  private int bStep;
  private float[] c = {};
  private int cAt;
  private int cStep;

  public Gemm(ProductForm form, Machine machine) {
    this.form = form;
    products = machine.simd().products();
    workers = machine.workers();
    long work = (long) form.m() * form.n() * form.k();
    int parts = workers.threads() == 1 ? 1 : 2 * workers.threads();
    parts = (int) Math.min(parts, Math.max(1, work / PART_WORK));
    grid =
        Grid.of(
            form.m(),
            products.panelRows(),
            form.n(),
            products.panelColumns(),
            parts,
            workers.threads());
    packA = form.alpha() != 1f || grid.columns() >= products.panelColumns();
    packB = form.transposedB() || form.m() > DIRECT_ROWS;
    mirrored =
        form.transposedB()
            && form.m() <= MIRRORED_ROWS
            && form.m() <= form.k()
            && form.m() < form.n();
    int blocks = Math.max(1, (form.k() + DEPTH - 1) / DEPTH);
    depth = (form.k() + blocks - 1) / blocks;
  }

  /**
   * Runs on these matrices.
   *
   * @param aStep distance of a's rows as they lie
   * @param bStep distance of b's rows as they lie
   */
  public void run(
      float[] a, int aAt, int aStep, float[] b, int bAt, int bStep, float[] c, int cAt, int cStep) {
    this.a = a;
    this.aAt = aAt;
    this.aStep = aStep;
    this.b = b;
    this.bAt = bAt;
    this.bStep = bStep;
    this.c = c;
    this.cAt = cAt;
    this.cStep = cStep;
    workers.run(grid.parts(), this);
  }

  /** Computes one block; for {@link Workers} only. */
  @Override
  public void run(int part) {
    int row = grid.row(part);
    int rows = Math.min(grid.rows(), form.m() - row);
    int column = grid.column(part);
    int columns = Math.min(grid.columns(), form.n() - column);
    if (mirrored || form.k() == 0) {
      start(row, rows, column, columns);
    }
    for (int l = 0; l < form.k(); l += depth) {
      int length = Math.min(depth, form.k() - l);
      if (mirrored) {
        mirror(row, rows, column, columns, l, length);
      } else if (packB) {
        for (int j = 0; j < columns; j += COLUMNS) {
          packed(row, rows, column + j, Math.min(COLUMNS, columns - j), l, length);
        }
      } else {
        for (int i = 0; i < rows; i += ROWS) {
          int height = Math.min(ROWS, rows - i);
          if (l == 0) {
            start(row + i, height, column, columns);
          }
          multiply(
              row + i,
              height,
              column,
              columns,
              l,
              length,
              b,
              bAt + l * bStep + column,
              bStep,
              true);
        }
      }
    }
    finish(row, rows, column, columns);
  }

  private void start(int row, int rows, int column, int columns) {
    Optional<Floats> bias = form.bias();
    for (int i = 0; i < rows; i++) {
      int from = cAt + (row + i) * cStep + column;
      if (bias.isPresent()) {
        Floats values = bias.get();
        System.arraycopy(values.array(), values.offset() + column, c, from, columns);
      } else if (!form.accumulate()) {
        Arrays.fill(c, from, from + columns, 0f);
      }
    }
  }

  private void finish(int row, int rows, int column, int columns) {
    if (form.activation().isPresent()) {
      FloatMap activation = form.activation().get();
      for (int i = 0; i < rows; i++) {
        int at = cAt + (row + i) * cStep + column;
        activation.run(columns, c, at, c, at, c, at);
      }
    }
  }

  /** Adds to c what b times a transposed gives, transposed. */
  private void mirror(int row, int rows, int column, int columns, int l, int length) {
    float[] right = a;
    int rightAt = aAt + l * aStep + row;
    int rightStep = aStep;
    if (!form.transposedA()) {
      right = workers.workspace().floats(0, rows * length);
      rightAt = CacheLine.FIRST;
      rightStep = rows;
      Packing.transpose(length, rows, a, aAt + row * aStep + l, 1, aStep, rows, right, rightAt);
    }
    float[] tile = workers.workspace().floats(1, MIRROR * rows);
    int panelStep = products.panelRows() * bStep;
    for (int j = 0; j < columns; j += MIRROR) {
      int height = Math.min(MIRROR, columns - j);
      Arrays.fill(tile, 0, height * rows, 0f);
      int from = bAt + (column + j) * bStep + l;
      products.multiplyAdd(
          height, rows, length, b, from, panelStep, bStep, 1, right, rightAt, rightStep, tile, 0,
          rows);
      for (int i = 0; i < rows; i++) {
        addColumn(height, form.alpha(), tile, i, rows, c, cAt + (row + i) * cStep + column + j);
      }
    }
  }

  private static void addColumn(
      int n, float alpha, float[] tile, int tileAt, int tileStep, float[] c, int cAt) {
    for (int i = 0; i < n; i++) {
      c[cAt + i] += alpha * tile[tileAt + i * tileStep];
    }
  }

  private void packed(int row, int rows, int column, int columns, int l, int length) {
    Workspace workspace = workers.workspace();
    int width = products.panelColumns();
    int panels = (columns + width - 1) / width;
    float[] panel = workspace.floats(1, panels * width * length);
    int kStep = form.transposedB() ? 1 : bStep;
    int columnStep = form.transposedB() ? bStep : 1;
    int from = bAt + l * kStep + column * columnStep;
    Packing.columns(
        length, columns, b, from, kStep, columnStep, width, products, panel, CacheLine.FIRST);
    for (int i = 0; i < rows; i += ROWS) {
      int height = Math.min(ROWS, rows - i);
      if (l == 0) {
        start(row + i, height, column, columns);
      }
      for (int j = 0; j < columns; j += width) {
        multiply(
            row + i,
            height,
            column + j,
            Math.min(width, columns - j),
            l,
            length,
            panel,
            CacheLine.FIRST + j * length,
            width,
            j == 0);
      }
    }
  }

  /** Adds the product of a block of a and a block of b. */
  private void multiply(
      int row,
      int rows,
      int column,
      int columns,
      int l,
      int length,
      float[] block,
      int blockAt,
      int blockStep,
      boolean newRows) {
    int height = products.panelRows();
    int rowStep = form.transposedA() ? 1 : aStep;
    int kStep = form.transposedA() ? aStep : 1;
    int from = aAt + row * rowStep + l * kStep;
    int to = cAt + row * cStep + column;
    if (packA) {
      float[] packed = workers.workspace().floats(0, (rows + height) * Products.ROW_PITCH);
      if (newRows) {
        Packing.rows(rows, length, form.alpha(), a, from, rowStep, kStep, packed, 0);
      }
      products.multiplyAdd(
          rows,
          columns,
          length,
          packed,
          0,
          height * Products.ROW_PITCH,
          Products.ROW_PITCH,
          1,
          block,
          blockAt,
          blockStep,
          c,
          to,
          cStep);
    } else {
      products.multiplyAdd(
          rows,
          columns,
          length,
          a,
          from,
          height * rowStep,
          rowStep,
          kStep,
          block,
          blockAt,
          blockStep,
          c,
          to,
          cStep);
    }
  }
}
