/** Graphs run once, through a plan. */
package dev.volute.conformance.planned;
