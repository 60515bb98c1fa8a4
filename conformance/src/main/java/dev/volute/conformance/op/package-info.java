/** Single ops with made-up operands, run under guard and compared with the reference. */
package dev.volute.conformance.op;
