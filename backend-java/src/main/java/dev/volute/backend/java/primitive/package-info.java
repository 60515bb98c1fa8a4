/** The primitives, over any strided views. */
package dev.volute.backend.java.primitive;
