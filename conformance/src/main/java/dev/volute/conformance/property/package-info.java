/** What holds of a backend besides the results of its ops: memory, claims, opening and closing. */
package dev.volute.conformance.property;
