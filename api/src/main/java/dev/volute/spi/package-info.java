/** The contract of a backend: what it is asked and what it answers. */
package dev.volute.spi;
