/** Volute's C++ kernels behind a flat interface; {@code volute.h} describes it. */
@org.jspecify.annotations.NullMarked
package dev.volute.natives;
