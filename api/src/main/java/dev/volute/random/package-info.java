/** Counter-based random numbers, the same on every backend. */
package dev.volute.random;
