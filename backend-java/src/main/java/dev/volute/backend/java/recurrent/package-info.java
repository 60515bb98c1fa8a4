/** Recurrences over whole sequences and their gradients. */
package dev.volute.backend.java.recurrent;
