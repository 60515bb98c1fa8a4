package dev.volute.backend.java.simd;

/**
 * How tiles lie that minimal filtering has transformed: in groups of {@value #TILES}, in them by
 * runs of channels, in these {@value #MATRICES} matrices of tiles by channels. All distances but
 * that of groups are the same for all convolutions, so that compilers know them.
 *
 * @param run channels that lie side by side: at least a vector, see {@link #run(int)}
 * @param channels of each tile
 */
public record TileGroups(int run, int channels) {
  /** Tiles of a group. */
  public static final int TILES = 16;

  /** Elements of a transformed tile of a channel. */
  public static final int MATRICES = 36;

  /** Keeps the matrices from driving one another out of the first cache. */
  private static final int APART = 16;

  /** Channels of a run where vectors have so many lanes. */
  public static int run(int lanes) {
    return Math.max(16, lanes);
  }

  /** Distance of the matrices of a run. */
  public static int matrixStep(int run) {
    return TILES * run + APART;
  }

  /** Distance of the runs of a group. */
  public static int runStep(int run) {
    return MATRICES * matrixStep(run);
  }

  public int runs() {
    return (channels + run - 1) / run;
  }

  /** Distance of groups. */
  public int step() {
    return runs() * runStep(run);
  }

  /** Elements of so many tiles, in whole groups. */
  public int length(int tiles) {
    return (tiles + TILES - 1) / TILES * step();
  }
}
