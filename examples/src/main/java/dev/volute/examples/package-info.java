/** A class a program, with what they share: options, progress, the way errors are told. */
@NullMarked
package dev.volute.examples;

import org.jspecify.annotations.NullMarked;
