package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.simd.TileGroups;

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
  /**
   * @param pitch transformed elements of a tile in each of the 36 matrices
   * @param elements transformed elements of a block at most
   * @param unit tiles are best multiplied in multiples of this
   */
  static WinogradBlocks of(WinogradShape shape, int pitch, int elements, int unit, boolean apart) {
    int most = Math.max(1, elements / (TileGroups.MATRICES * pitch));
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
  int pixelsLength(PixelImage pixels) {
    return samples * bandLength(pixels);
  }

  private int bandLength(PixelImage pixels) {
    return pixels.at(rows * WinogradShape.TILE + overlap(pixels), 0);
  }

  /** Rows that a tile shares with the one below. */
  private int overlap(PixelImage pixels) {
    return pixels.rows() - shape.tileRows() * WinogradShape.TILE;
  }

  /** Where a tile of a block begins in its laid-out samples. */
  int place(int block, int tile, PixelImage pixels) {
    int across = tile / shape.tileColumns();
    int row = across % rows(block) * WinogradShape.TILE;
    int column = tile % shape.tileColumns() * WinogradShape.TILE;
    return across / rows(block) * bandLength(pixels) + pixels.at(row, column);
  }

  /** Rows of tiles in all samples of a block, which are laid out one by one. */
  int parts(int block) {
    return samples(block) * rows(block);
  }

  /** The sample of a row of tiles of a block. */
  int sampleOf(int block, int part) {
    return sample(block) + part / rows(block);
  }

  /** Which row of tiles of its sample it is. */
  int rowOfTiles(int block, int part) {
    return row(block) + part % rows(block);
  }

  /**
   * Lays out one row of tiles.
   *
   * @param part 0 to {@link #parts} - 1
   * @param toAt where the laid-out samples of the block begin
   */
  void layOut(int block, int part, PixelImage pixels, Floats image, float[] to, int toAt) {
    int row = part % rows(block);
    int first = (row(block) + row) * WinogradShape.TILE;
    int shared = row + 1 == rows(block) ? overlap(pixels) : 0;
    int above = pixels.at(row(block) * WinogradShape.TILE, 0);
    int at = toAt + part / rows(block) * bandLength(pixels) - above;
    int sample = sample(block) + part / rows(block);
    pixels.fillRows(sample, first, first + WinogradShape.TILE + shared, image, to, at);
  }
}
