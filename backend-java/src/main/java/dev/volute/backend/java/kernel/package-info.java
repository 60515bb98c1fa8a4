/** What every kernel is made of: a binding, its operands' arrays, and the machine it runs on. */
package dev.volute.backend.java.kernel;
