/** The rules that backends keep, and what checks of them are made of. */
package dev.volute.conformance.rule;
