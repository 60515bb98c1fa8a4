package dev.volute.backend.java.primitive;

/** How far apart the rows and columns of one view of a walk are. */
record Steps(int row, int column) {
  static Steps of(Walk walk, int view) {
    return new Steps(walk.rowStride(view), walk.columnStride(view));
  }
}
