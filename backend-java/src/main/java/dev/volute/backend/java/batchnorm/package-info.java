/** Batch normalisation: training, its gradient, and inference. */
package dev.volute.backend.java.batchnorm;
