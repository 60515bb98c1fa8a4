package dev.volute.conformance.property;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The memory that a process takes.
 *
 * @param heap bytes of Java objects
 * @param resident bytes of the whole process; 0 where the system does not tell
 */
record Footprint(long heap, long resident) {
  private static final Path STATUS = Path.of("/proc/self/statm");
  private static final int PAGE = 4096;

  static Footprint now() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return new Footprint(runtime.totalMemory() - runtime.freeMemory(), readResident());
  }

  private static long readResident() {
    if (!Files.isReadable(STATUS)) {
      return 0;
    }
    try {
      return Long.parseLong(Files.readString(STATUS).split(" ")[1]) * PAGE;
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  /** By how much the heap or the process as a whole has grown, whichever is more. */
  long growthSince(Footprint before) {
    return Math.max(heap - before.heap, resident - before.resident);
  }
}
