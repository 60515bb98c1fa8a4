/**
 * Data on its way into a network: file formats, data sets, shuffled batches, text as sequences of
 * ids.
 */
@NullMarked
package dev.volute.data;

import org.jspecify.annotations.NullMarked;
