package dev.volute.backend.natives;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * How much memory the machine has. An operating system may promise more than that, and end the
 * process when it is used.
 */
final class MachineMemory {
  /** Asking costs time at start-up; less than this is not worth the question. */
  private static final long LARGE = 1L << 28;

  private MachineMemory() {}

  /** Whether so much could be there at all; a container's limit counts as the machine's. */
  static boolean couldHold(long bytes) {
    return bytes < LARGE || bytes <= total();
  }

  private static long total() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getTotalMemorySize();
  }
}
