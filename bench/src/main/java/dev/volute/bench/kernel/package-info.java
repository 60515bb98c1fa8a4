/**
 * JMH benchmarks of single kernels, on any backend through the SPI; {@code bench/jmh} runs them.
 */
package dev.volute.bench.kernel;
