package dev.volute.backend.java.primitive;

import dev.volute.backend.java.parallel.Workers;
import dev.volute.spi.Kernel;

/** Does the same with every piece of a walk, in any order. */
final class WalkKernel implements Kernel {
  private final Workers workers;
  private final Walk walk;
  private final Workers.Part part;

  WalkKernel(Workers workers, Walk walk, Walk.Block block) {
    this.workers = workers;
    this.walk = walk;
    this.part = number -> walk.part(number, block);
  }

  @Override
  public void run() {
    workers.run(walk.parts(), part);
  }
}
