package dev.volute.conformance.rule;

/**
 * Something that a check met and that a reader may want to know, although no rule is broken.
 *
 * @param rule of the check
 * @param text in one line
 */
public record Observation(Rule rule, String text) {}
