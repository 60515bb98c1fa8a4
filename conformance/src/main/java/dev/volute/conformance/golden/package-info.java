/** Values that another framework computed: small, and kept with the program that made them. */
package dev.volute.conformance.golden;
