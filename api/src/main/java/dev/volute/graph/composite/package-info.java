/**
 * Composite ops: each says the same as its lowering to primitives, and backends claim those that
 * they do faster. Their operands are dense.
 */
package dev.volute.graph.composite;
