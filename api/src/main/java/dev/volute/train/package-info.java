/** Training: a step is one graph from the batch to the parameters' new values. */
package dev.volute.train;
