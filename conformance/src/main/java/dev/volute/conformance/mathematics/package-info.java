/** Laws of mathematics that results obey, as an oracle that does not need the reference. */
package dev.volute.conformance.mathematics;
