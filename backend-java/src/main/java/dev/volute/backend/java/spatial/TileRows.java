package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.CacheLine;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.TileGroups;
import dev.volute.backend.java.simd.TileTransforms;
import dev.volute.tensor.MemoryFormat;
import java.util.Arrays;

/**
 * Transforms the tiles of an image, or those of the gradients to its results, row by row. Where the
 * channels of pixels are whole runs side by side, pixels are read as they lie: only what is outside
 * is zeros of its own. Other images are laid out first, a block at a time. Uses slot 0 of the
 * workspace.
 */
final class TileRows {
  private final WinogradBlocks blocks;
  private final PixelImage pixels;
  private final boolean ofGradient;
  private final Floats image;
  private final TileGroups groups;
  private final TileTransforms transforms;
  private final Workers workers;
  private final float[] zeros;

  /** The columns that are read, of those that tiles have. */
  private final int begin;

  private final int end;

  private TileRows(
      WinogradBlocks blocks, PixelImage pixels, boolean ofGradient, Floats image, Machine machine) {
    this.blocks = blocks;
    this.pixels = pixels;
    this.ofGradient = ofGradient;
    this.image = image;
    transforms = machine.simd().tileTransforms();
    groups = new TileGroups(transforms.run(), pixels.channels());
    workers = machine.workers();
    boolean inPlace = pixels.hasWholePixels();
    begin = inPlace ? Math.max(0, Math.min(pixels.left(), pixels.columns())) : 0;
    end =
        inPlace
            ? Math.max(begin, Math.min(pixels.left() + pixels.width(), pixels.columns()))
            : pixels.columns();
    zeros = new float[inPlace ? CacheLine.FIRST + pixels.columns() * pixels.pitch() : 0];
  }

  static TileRows ofImage(
      WinogradBlocks blocks, Floats image, MemoryFormat format, Machine machine) {
    PixelImage pixels = blocks.shape().pixels().in(format);
    return new TileRows(blocks, pixels, false, image, machine);
  }

  static TileRows ofGradient(
      WinogradBlocks blocks, Floats gradient, MemoryFormat format, Machine machine) {
    PixelImage pixels = blocks.shape().resultPixels().in(format);
    return new TileRows(blocks, pixels, true, gradient, machine);
  }

  /** How transformed tiles lie. */
  TileGroups groups() {
    return groups;
  }

  /** Elements of a block that is laid out. */
  static int laidOutLength(WinogradBlocks blocks, PixelImage pixels) {
    return pixels.hasWholePixels() ? 0 : blocks.pixelsLength(pixels);
  }

  /** Lays out one row of tiles of a block, if need be. */
  void layOut(int block, int part, float[] to, int toAt) {
    if (!pixels.hasWholePixels()) {
      blocks.layOut(block, part, pixels, image, to, toAt);
    }
  }

  /**
   * Transforms one row of tiles.
   *
   * @param part 0 to {@link WinogradBlocks#parts} - 1
   * @param laidOut where the block is laid out, from {@code laidOutAt} on
   * @param toAt where the block's transformed tiles begin
   */
  void transform(int block, int part, float[] laidOut, int laidOutAt, float[] to, int toAt) {
    int tiles = blocks.shape().tileColumns();
    int column = 6 * groups.run();
    float[] between = workers.workspace().floats(0, pixels.columns() * column);
    int first = CacheLine.FIRST + begin * column;
    int behind = CacheLine.FIRST + end * column;
    Arrays.fill(between, CacheLine.FIRST, first, 0f);
    Arrays.fill(between, behind, CacheLine.FIRST + pixels.columns() * column, 0f);
    for (int run = 0; run < groups.runs(); run++) {
      if (pixels.hasWholePixels()) {
        int above = blocks.rowOfTiles(block, part) * WinogradShape.TILE - pixels.top();
        int at = image.offset() + pixels.place(blocks.sampleOf(block, part), above, begin);
        columns(image.array(), at + run * groups.run(), above, between, first);
      } else {
        int at = laidOutAt + blocks.place(block, part * tiles, pixels);
        columns(laidOut, at + run * groups.run(), 0, between, first);
      }
      int v = toAt + run * TileGroups.runStep(groups.run());
      if (ofGradient) {
        transforms.gradientRows(
            tiles, between, CacheLine.FIRST, part * tiles, to, v, groups.step());
      } else {
        transforms.imageRows(tiles, between, CacheLine.FIRST, part * tiles, to, v, groups.step());
      }
    }
  }

  /** Transforms columns; their first row is the image's row {@code y}. */
  private void columns(float[] from, int at, int y, float[] between, int to) {
    int count = end - begin;
    int pitch = pixels.pitch();
    if (ofGradient) {
      transforms.gradientColumns(
          count,
          pitch,
          array(from, y),
          at(at, y, 0),
          array(from, y + 1),
          at(at, y, 1),
          array(from, y + 2),
          at(at, y, 2),
          array(from, y + 3),
          at(at, y, 3),
          between,
          to);
    } else {
      transforms.imageColumns(
          count,
          pitch,
          array(from, y),
          at(at, y, 0),
          array(from, y + 1),
          at(at, y, 1),
          array(from, y + 2),
          at(at, y, 2),
          array(from, y + 3),
          at(at, y, 3),
          array(from, y + 4),
          at(at, y, 4),
          array(from, y + 5),
          at(at, y, 5),
          between,
          to);
    }
  }

  private boolean isInside(int y) {
    return !pixels.hasWholePixels() || y >= 0 && y < pixels.height();
  }

  private float[] array(float[] from, int y) {
    return isInside(y) ? from : zeros;
  }

  private int at(int at, int y, int row) {
    int width = pixels.hasWholePixels() ? pixels.width() : pixels.columns();
    return isInside(y + row) ? at + row * width * pixels.pitch() : CacheLine.FIRST;
  }
}
