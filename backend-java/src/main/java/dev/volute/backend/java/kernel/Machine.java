package dev.volute.backend.java.kernel;

import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.Simd;

/**
 * What the kernels of one backend run on.
 *
 * @param minimalFiltering whether convolutions may be computed that way
 * @param packedMemory where constants lie that were packed
 */
public record Machine(
    Workers workers, Simd simd, boolean minimalFiltering, PackedMemory packedMemory) {
  public Machine(Workers workers, Simd simd, boolean minimalFiltering) {
    this(workers, simd, minimalFiltering, new PackedMemory());
  }

  /** With minimal filtering. */
  public Machine(Workers workers, Simd simd) {
    this(workers, simd, true);
  }
}
