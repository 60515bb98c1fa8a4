/** A backend that computes everything in double precision, straight from the definitions. */
package dev.volute.conformance.reference;
