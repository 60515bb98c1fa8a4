/** Plain loops, for every JVM. */
package dev.volute.backend.java.plain;
