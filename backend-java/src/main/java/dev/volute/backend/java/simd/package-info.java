/**
 * What differs between a JVM with the Vector API and one without: functions of contiguous runs of
 * numbers.
 */
package dev.volute.backend.java.simd;
