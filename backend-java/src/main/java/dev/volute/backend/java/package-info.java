/** The backend {@code java}: its provider, and the table of what it runs. */
package dev.volute.backend.java;
