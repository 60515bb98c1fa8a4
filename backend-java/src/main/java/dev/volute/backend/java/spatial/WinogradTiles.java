package dev.volute.backend.java.spatial;

/** Where the tiles of some samples lie, in the laid-out image and in the result. */
final class WinogradTiles {
  private static final int TILE = WinogradShape.TILE;

  private final int columns;
  private final int width;
  private final int[] from;
  private final int[] to;
  private final int[] rowsInside;
  private final int[] columnsInside;

  WinogradTiles(WinogradShape shape, int samples) {
    columns = shape.layout().columns();
    width = shape.width();
    int count = samples * shape.tiles();
    from = new int[count];
    to = new int[count];
    rowsInside = new int[count];
    columnsInside = new int[count];
    for (int i = 0; i < count; i++) {
      int sample = i / shape.tiles();
      int row = i / shape.tileColumns() % shape.tileRows() * TILE;
      int column = i % shape.tileColumns() * TILE;
      from[i] = sample * shape.sampleLength() + row * columns + column;
      to[i] = sample * shape.filters().rows() * shape.height() * width + row * width + column;
      rowsInside[i] = Math.min(TILE, shape.height() - row);
      columnsInside[i] = Math.min(TILE, width - column);
    }
  }

  /**
   * Copies the 6 by 6 elements of some tiles of a channel.
   *
   * @param planesAt where the channel begins in the first sample
   * @param step distance of the tiles' elements: element (i, j) of tile t goes to {@code (6 i + j)
   *     * step + t}
   */
  void gather(int first, int count, float[] planes, int planesAt, float[] tiles, int step) {
    for (int t = 0; t < count; t++) {
      copy(planes, planesAt + from[first + t], tiles, t, step);
    }
  }

  /**
   * Copies the 4 by 4 results of some tiles to where they belong, as far as they are inside.
   *
   * @param resultAt where the channel begins in the first sample
   * @param step distance of the tiles' elements
   */
  void scatter(int first, int count, float[] tiles, int step, float[] result, int resultAt) {
    for (int t = 0; t < count; t++) {
      int at = resultAt + to[first + t];
      int across = columnsInside[first + t];
      for (int i = 0, place = t; i < rowsInside[first + t]; i++, place += 4 * step, at += width) {
        if (across == TILE) {
          result[at] = tiles[place];
          result[at + 1] = tiles[place + step];
          result[at + 2] = tiles[place + 2 * step];
          result[at + 3] = tiles[place + 3 * step];
        } else {
          for (int j = 0; j < across; j++) {
            result[at + j] = tiles[place + j * step];
          }
        }
      }
    }
  }

  private void copy(float[] planes, int at, float[] tile, int place, int step) {
    for (int i = 0; i < 6; i++, place += 6 * step, at += columns) {
      tile[place] = planes[at];
      tile[place + step] = planes[at + 1];
      tile[place + 2 * step] = planes[at + 2];
      tile[place + 3 * step] = planes[at + 3];
      tile[place + 4 * step] = planes[at + 4];
      tile[place + 5 * step] = planes[at + 5];
    }
  }
}
