/**
 * The conformance kit: whoever writes a backend extends {@link
 * dev.volute.conformance.BackendConformance}.
 */
package dev.volute.conformance;
