/** A backend that watches another one, and the program that uses it, as they work together. */
package dev.volute.conformance.asserting;
