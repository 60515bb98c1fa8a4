/** Running all checks, and what is written about the outcome. */
package dev.volute.conformance.report;
