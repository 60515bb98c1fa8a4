package dev.volute.backend.java.dense;

import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.lanes.VectorLanes;
import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.plain.PlainLoops;
import dev.volute.backend.java.simd.Simd;
import java.util.ArrayList;
import java.util.List;

/** Machines with all that this JVM can run on. */
final class Machines {
  private Machines() {}

  static List<Machine> all(int threads) {
    List<Simd> choices = new ArrayList<>(List.of(PlainLoops.simd()));
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()) {
      choices.add(VectorLanes.simd());
    }
    return choices.stream().map(simd -> new Machine(Workers.of(threads), simd)).toList();
  }
}
