/** Convolution and pooling over images with two spatial axes. */
package dev.volute.backend.java.spatial;
