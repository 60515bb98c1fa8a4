/** Gradients of every op, against quotients of differences. */
package dev.volute.conformance.gradient;
