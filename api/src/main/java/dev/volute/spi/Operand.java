package dev.volute.spi;

import dev.volute.tensor.View;

/**
 * A tensor in a backend's memory.
 *
 * @param constant true if the values are there at binding time and stay the same for the kernel's
 *     life (weights at inference): they may then be packed through {@link Operands#packed}
 */
public record Operand(Memory memory, View view, boolean constant) {}
