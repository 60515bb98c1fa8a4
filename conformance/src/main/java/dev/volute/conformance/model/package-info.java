/** Whole models, trained on the backend under test and on the reference. */
package dev.volute.conformance.model;
