/** The kit's command line. */
package dev.volute.conformance.command;
