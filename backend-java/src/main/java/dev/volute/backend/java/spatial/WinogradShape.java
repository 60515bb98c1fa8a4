package dev.volute.backend.java.spatial;

import dev.volute.backend.java.simd.Simd;
import dev.volute.backend.java.simd.TileGroups;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;

/**
 * A convolution with filters of 3 by 3 whose results are computed in tiles of 4 by 4.
 *
 * @param pixels of an image that lies row-major, with zeros where the last tiles reach behind it
 * @param height rows of the result
 * @param width columns of the result
 */
record WinogradShape(PixelImage pixels, WinogradFilters filters, int height, int width) {
  /** For people. */
  static final String ALGORITHM =
      "minimal filtering F(4x4, 3x3): enough channels and tiles pay its transforms";

  /** Results of a tile along one axis. */
  static final int TILE = 4;

  private static final int FEWEST_CHANNELS = 16;

  private static final int FEWEST_TILES = 16;

  /** Tiles over which the gradient to filters must sum: its 36 sums are read and written often. */
  private static final int FEWEST_SUMMED_TILES = 64;

  static WinogradShape of(
      Shape image, int top, int left, WinogradFilters filters, int height, int width) {
    PixelImage pixels =
        new PixelImage(
            image,
            MemoryFormat.ROW_MAJOR,
            top,
            left,
            tiles(height) * TILE + 2,
            tiles(width) * TILE + 2,
            pitch(filters.channels(), filters));
    return new WinogradShape(pixels, filters, height, width);
  }

  int samples() {
    return pixels.samples();
  }

  /** Whole vectors, and whole panels of rows. */
  private static int pitch(int channels, WinogradFilters filters) {
    Simd simd = filters.machine().simd();
    int unit = Math.max(simd.tileTransforms().run(), simd.products().panelRows());
    return (channels + unit - 1) / unit * unit;
  }

  /** How row-major results or their gradients are laid out, in whole tiles. */
  PixelImage resultPixels() {
    return new PixelImage(
        Shape.of(samples(), filters.filters(), height, width),
        MemoryFormat.ROW_MAJOR,
        0,
        0,
        tileRows() * TILE,
        tileColumns() * TILE,
        pitch(filters.filters(), filters));
  }

  /** How transformed tiles of so many channels lie. */
  TileGroups groups(PixelImage pixels) {
    return new TileGroups(filters.machine().simd().tileTransforms().run(), pixels.channels());
  }

  /** Whether this is faster than to multiply each window by each filter. */
  static boolean pays(int samples, int depth, int rows, int height, int width) {
    long tiles = (long) tiles(height) * tiles(width);
    return depth >= FEWEST_CHANNELS
        && rows >= FEWEST_CHANNELS
        && samples * tiles >= FEWEST_TILES
        && tiles * TILE * TILE <= 2L * height * width;
  }

  /** Whether the gradient to the filters is faster in tiles too. */
  boolean paysForFilterGradient() {
    return samples() * tiles() >= FEWEST_SUMMED_TILES;
  }

  private static int tiles(int length) {
    return (length + TILE - 1) / TILE;
  }

  int tileRows() {
    return tiles(height);
  }

  int tileColumns() {
    return tiles(width);
  }

  /** Tiles of a sample. */
  int tiles() {
    return tileRows() * tileColumns();
  }
}
