/** Times what a user waits for: steps of training. */
package dev.volute.bench;
