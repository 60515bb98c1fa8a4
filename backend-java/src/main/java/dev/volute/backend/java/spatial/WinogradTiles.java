package dev.volute.backend.java.spatial;

import dev.volute.tensor.MemoryFormat;

/** Where the tiles of some samples lie in the result. */
final class WinogradTiles {
  private static final int TILE = WinogradShape.TILE;

  private final int width;
  private final int filters;
  private final int[] to;
  private final int[] rowsInside;
  private final int[] columnsInside;

  WinogradTiles(WinogradShape shape, int samples, MemoryFormat format) {
    width = shape.width();
    filters = shape.filters().filters();
    int step = format == MemoryFormat.CHANNELS_LAST ? filters : 1;
    int count = samples * shape.tiles();
    to = new int[count];
    rowsInside = new int[count];
    columnsInside = new int[count];
    for (int i = 0; i < count; i++) {
      int sample = i / shape.tiles();
      int row = i / shape.tileColumns() % shape.tileRows() * TILE;
      int column = i % shape.tileColumns() * TILE;
      to[i] = sample * filters * shape.height() * width + (row * width + column) * step;
      rowsInside[i] = Math.min(TILE, shape.height() - row);
      columnsInside[i] = Math.min(TILE, width - column);
    }
  }

  /**
   * Copies the 4 by 4 results of some tiles of a channel to where they belong, as far as they are
   * inside.
   *
   * @param tilesAt where the first tile's first element is
   * @param step distance of a tile's elements
   * @param resultAt where the channel begins in the first sample
   */
  void scatter(
      int first, int count, float[] tiles, int tilesAt, int step, float[] result, int resultAt) {
    for (int t = first; t < first + count; t++) {
      int from = tilesAt + (t - first) * TILE * TILE * step;
      int at = resultAt + to[t];
      int across = columnsInside[t];
      for (int i = 0; i < rowsInside[t]; i++, from += TILE * step, at += width) {
        if (across == TILE) {
          result[at] = tiles[from];
          result[at + 1] = tiles[from + step];
          result[at + 2] = tiles[from + 2 * step];
          result[at + 3] = tiles[from + 3 * step];
        } else {
          for (int j = 0; j < across; j++) {
            result[at + j] = tiles[from + j * step];
          }
        }
      }
    }
  }

  /**
   * Copies the results of some tiles, for some filters, to where they belong in a result that lies
   * channels last, as far as they are inside.
   *
   * @param step distance of a tile's elements
   * @param present how many filters' results each element has
   * @param resultAt where the first of the filters is in the first sample's first pixel
   */
  void copyPixels(
      int first, int count, float[] tiles, int step, int present, float[] result, int resultAt) {
    for (int t = first; t < first + count; t++) {
      int from = (t - first) * TILE * TILE * step;
      int at = resultAt + to[t];
      for (int i = 0; i < rowsInside[t]; i++, from += TILE * step, at += width * filters) {
        for (int j = 0; j < columnsInside[t]; j++) {
          System.arraycopy(tiles, from + j * step, result, at + j * filters, present);
        }
      }
    }
  }

  /** The inverse of {@link #copyPixels}. */
  void takePixels(
      int first, int count, float[] tiles, int step, int present, float[] source, int sourceAt) {
    for (int t = first; t < first + count; t++) {
      int to = (t - first) * TILE * TILE * step;
      int at = sourceAt + this.to[t];
      for (int i = 0; i < rowsInside[t]; i++, to += TILE * step, at += width * filters) {
        for (int j = 0; j < columnsInside[t]; j++) {
          System.arraycopy(source, at + j * filters, tiles, to + j * step, present);
        }
      }
    }
  }

  /** Where a tile begins in a sample's first filter. */
  int place(int tile) {
    return to[tile];
  }

  /** How many rows of a tile are inside. */
  int rows(int tile) {
    return rowsInside[tile];
  }

  /** How many columns of a tile are inside. */
  int columns(int tile) {
    return columnsInside[tile];
  }
}
