/** What must be computed: values, ops, and gradients as a transform of the graph. */
package dev.volute.graph;
