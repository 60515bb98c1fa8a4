/** The Vector API. Nothing here is loaded on a JVM that lacks its module. */
package dev.volute.backend.java.lanes;
