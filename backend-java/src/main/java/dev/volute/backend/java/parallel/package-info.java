/** The threads that kernels share, and memory of each thread's own. */
package dev.volute.backend.java.parallel;
