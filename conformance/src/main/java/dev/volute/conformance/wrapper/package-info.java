/** Backends around other backends. */
package dev.volute.conformance.wrapper;
