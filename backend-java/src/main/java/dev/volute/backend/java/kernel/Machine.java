package dev.volute.backend.java.kernel;

import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.Simd;

/**
 * What the kernels of one backend run on.
 *
 * @param minimalFiltering whether convolutions may be computed that way
 */
public record Machine(Workers workers, Simd simd, boolean minimalFiltering) {
  /** With minimal filtering. */
  public Machine(Workers workers, Simd simd) {
    this(workers, simd, true);
  }
}
