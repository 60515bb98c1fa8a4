package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.parallel.Workspace;
import dev.volute.backend.java.simd.TileGroups;

/**
 * Filters of 3 by 3 as Winograd's minimal filtering F(4x4, 3x3) multiplies by them: {@code u = G g
 * G^T}, 36 matrices of channels by filters in panels of columns; columns behind the last hold
 * anything. Packing uses slots 0 and 1 of the workspace.
 *
 * @param filters columns of each matrix: the channels of the result
 * @param channels its rows: the channels of the image
 * @param filterStep distance of columns in the filters as they lie
 * @param channelStep distance there of rows
 * @param turned whether filters are turned by 180 degrees, as the gradient to an image needs them
 */
record WinogradFilters(
    int filters, int channels, int filterStep, int channelStep, boolean turned, Machine machine)
    implements FilterPacking {
  private static final int MATRICES = TileGroups.MATRICES;

  private static final int CELLS = 9;

  /** Rows that are packed at a time. */
  private static final int ROWS = 8;

  /** The columns rounded up to whole panels. */
  int pitch() {
    return panels() * panelWidth();
  }

  /** Columns of each panel. */
  int panelWidth() {
    return 2 * machine.simd().tileProducts().lanes();
  }

  int panels() {
    return (filters + panelWidth() - 1) / panelWidth();
  }

  /** Whether the filters of a panel fill no more than its first half. */
  boolean isHalf(int panel) {
    return 2 * (filters - panel * panelWidth()) <= panelWidth();
  }

  /** Where a panel of a matrix begins. */
  int place(int matrix, int panel) {
    return matrix * matrixLength() + panel * panelWidth() * channels;
  }

  /** Where the panel begins that is multiplied next, each panel by all its matrices. */
  int next(int matrix, int panel) {
    if (matrix + 1 < MATRICES) {
      return place(matrix + 1, panel);
    }
    return place(panel + 1 < panels() ? 0 : matrix, Math.min(panel + 1, panels() - 1));
  }

  /** Elements of a packed matrix. */
  int matrixLength() {
    return pitch() * channels;
  }

  @Override
  public int length() {
    return MATRICES * matrixLength();
  }

  @Override
  public int pieces() {
    return (channels + ROWS - 1) / ROWS;
  }

  /** Packs some rows of all matrices. */
  @Override
  public void pack(int piece, float[] from, int fromAt, float[] packed, int packedAt) {
    int pitch = pitch();
    Workspace workspace = machine.workers().workspace();
    float[] nine = workspace.floats(0, CELLS * pitch);
    float[] transformed = workspace.floats(1, MATRICES * pitch);
    int end = Math.min((piece + 1) * ROWS, channels);
    for (int channel = piece * ROWS; channel < end; channel++) {
      for (int filter = 0; filter < filters; filter++) {
        int at = fromAt + filter * filterStep + channel * channelStep;
        for (int i = 0; i < CELLS; i++) {
          nine[i * pitch + filter] = from[turned ? at + CELLS - 1 - i : at + i];
        }
      }
      machine.simd().winograd().filter(filters, nine, 0, pitch, transformed, 0, pitch);
      for (int panel = 0; panel < panels(); panel++) {
        int width = panelWidth();
        int to = packedAt + place(0, panel) + channel * width;
        for (int i = 0; i < MATRICES; i++) {
          int column = i * pitch + panel * width;
          System.arraycopy(transformed, column, packed, to + i * matrixLength(), width);
        }
      }
    }
  }
}
