/** Matrix products, and what is made of one product. */
package dev.volute.backend.java.dense;
