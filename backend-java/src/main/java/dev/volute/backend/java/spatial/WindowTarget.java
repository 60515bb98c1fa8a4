package dev.volute.backend.java.spatial;

/**
 * Where the results of a kernel's windows go: that of a channel at a row and a column of windows to
 * {@code origin + sample * sampleStep + channel * channelStep + row * rowStep + column *
 * columnStep}.
 */
record WindowTarget(int origin, int sampleStep, int channelStep, int rowStep, int columnStep) {}
