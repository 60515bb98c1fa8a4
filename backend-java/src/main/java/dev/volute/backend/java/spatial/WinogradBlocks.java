package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;

/**
 * How the tiles of a convolution are cut into blocks, which are laid out, transformed and
 * multiplied one after the other: whole samples, or rows of tiles of one sample.
 *
 * @param samples of a block at most; more than one only if {@code rows} are all of a sample
 * @param rows of tiles of a block at most
 * @param apart whether there are blocks enough for each to be one thread's own from the image to
 *     the result: what a thread wrote is far from the others
 */
record WinogradBlocks(WinogradShape shape, int samples, int rows, boolean apart) {
  /** Transformed elements of a thread's own: they fit the second cache beside the filters. */
  private static final int OWN = 1 << 17;

  /** Transformed elements that threads share. */
  private static final int SHARED = 1 << 18;

  /** So many blocks keep most machines busy. */
  private static final int ENOUGH = 4;

  /**
   * @param unit tiles are multiplied in multiples of this
   */
  static WinogradBlocks of(WinogradShape shape, int unit) {
    WinogradBlocks own = of(shape, unit, OWN, true);
    return own.count() >= ENOUGH ? own : of(shape, unit, SHARED, false);
  }

  private static WinogradBlocks of(WinogradShape shape, int unit, int elements, boolean apart) {
    int most = Math.max(1, elements / (WinogradFilters.MATRICES * shape.pixels().pitch()));
    if (most < shape.tiles()) {
      int bands = ceilDiv(shape.tileRows(), Math.max(1, most / shape.tileColumns()));
      return new WinogradBlocks(shape, 1, ceilDiv(shape.tileRows(), bands), apart);
    }
    int largest = Math.max(1, Math.min(shape.samples(), most / Math.max(1, shape.tiles())));
    int best = largest;
    for (int samples = largest; samples > largest / 2; samples--) {
      if (filled(samples * shape.tiles(), unit) > filled(best * shape.tiles(), unit)) {
        best = samples;
      }
    }
    return new WinogradBlocks(shape, best, shape.tileRows(), apart);
  }

  /** The part of multiples of {@code unit} that counts. */
  private static double filled(int tiles, int unit) {
    return (double) tiles / (ceilDiv(tiles, unit) * unit);
  }

  private static int ceilDiv(int dividend, int divisor) {
    return (dividend + divisor - 1) / divisor;
  }

  private int bands() {
    return ceilDiv(shape.tileRows(), rows);
  }

  int count() {
    return ceilDiv(shape.samples(), samples) * bands();
  }

  /** The tiles of a block at most. */
  int tiles() {
    return samples * rows * shape.tileColumns();
  }

  /** A block's first sample. */
  int sample(int block) {
    return block / bands() * samples;
  }

  int samples(int block) {
    return Math.min(samples, shape.samples() - sample(block));
  }

  /** The first row of tiles. */
  int row(int block) {
    return block % bands() * rows;
  }

  /** Rows of tiles in each of its samples. */
  int rows(int block) {
    return Math.min(rows, shape.tileRows() - row(block));
  }

  int tiles(int block) {
    return samples(block) * rows(block) * shape.tileColumns();
  }

  /** Elements of all laid-out samples of a block. */
  int pixelsLength() {
    return samples * bandLength();
  }

  private int bandLength() {
    return shape.pixels().at(rows * WinogradShape.TILE + 2, 0);
  }

  /** Where a tile of a block begins in its laid-out samples. */
  int place(int block, int tile) {
    int across = tile / shape.tileColumns();
    int row = across % rows(block) * WinogradShape.TILE;
    int column = tile % shape.tileColumns() * WinogradShape.TILE;
    return across / rows(block) * bandLength() + shape.pixels().at(row, column);
  }

  /**
   * Lays out one row of tiles.
   *
   * @param number of the row, counted through the block's samples
   * @param toAt where the laid-out samples of the block begin
   */
  void layOut(int block, int number, PixelImage pixels, Floats image, float[] to, int toAt) {
    int row = number % rows(block);
    int first = row * WinogradShape.TILE;
    int end = first + WinogradShape.TILE + (row + 1 == rows(block) ? 2 : 0);
    int above = row(block) * WinogradShape.TILE;
    int at = toAt + number / rows(block) * bandLength() - pixels.at(above, 0);
    pixels.fillRows(
        sample(block) + number / rows(block), above + first, above + end, image, to, at);
  }
}
