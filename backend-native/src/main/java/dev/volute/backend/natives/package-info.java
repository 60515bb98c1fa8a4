/** The backend named {@code native}: off-heap memory, C++ kernels, its own threads. */
@org.jspecify.annotations.NullMarked
package dev.volute.backend.natives;
