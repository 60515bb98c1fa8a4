package dev.volute.backend.java.kernel;

import dev.volute.backend.java.parallel.Workers;
import dev.volute.backend.java.simd.Simd;

/** What the kernels of one backend run on. */
public record Machine(Workers workers, Simd simd) {}
