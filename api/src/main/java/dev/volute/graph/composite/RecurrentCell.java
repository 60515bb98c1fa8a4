package dev.volute.graph.composite;

/**
 * The recurrences. {@code s} is the logistic function, {@code *} elementwise, {@code @} the matrix
 * product; the columns of the weights hold the gates one behind the other, in the order given here.
 */
public enum RecurrentCell {
  /** {@code h = tanh(x @ Wx + h' @ Wh + b)} (Elman, 1990). */
  TANH(1, 0),
  /** {@code h = relu(x @ Wx + h' @ Wh + b)}. */
  RELU(1, 0),
  /**
   * Gates i, f, g, o (Hochreiter and Schmidhuber, 1997; with the forget gate of Gers and others):
   * {@code i, f, o = s(x @ Wx + h' @ Wh + b)}, {@code g = tanh(...)}, {@code c = f * c' + i * g},
   * {@code h = o * tanh(c)}. Reserve: i, f, g, o, c.
   */
  LSTM(4, 5),
  /**
   * Gates r, z, n, reset before the product (Cho and others, 2014): {@code r, z = s(x @ Wx + h' @
   * Wh + b)}, {@code n = tanh(x @ Wxn + (r * h') @ Whn + bn)}, {@code h = z * h' + (1 - z) * n}.
   * Reserve: r, z, n.
   */
  GRU(3, 3),
  /**
   * Gates r, z, n, reset after the product: as {@link #GRU}, but {@code q = h' @ Whn + bh}, {@code
   * n = tanh(x @ Wxn + bn + r * q)}. Reserve: r, z, n, q.
   */
  GRU_RESET_AFTER(3, 4);

  private final int gates;
  private final int reserve;

  RecurrentCell(int gates, int reserve) {
    this.gates = gates;
    this.reserve = reserve;
  }

  /** Number of gates, the candidate included. */
  public int gates() {
    return gates;
  }

  /** Number of values a unit and step that the forward pass keeps for the backward pass. */
  public int reserve() {
    return reserve;
  }

  /** True if a second state, the cell's, is carried. */
  public boolean hasCellState() {
    return this == LSTM;
  }

  /** True if there is a bias inside the reset product. */
  public boolean hasRecurrentBias() {
    return this == GRU_RESET_AFTER;
  }

  /** Number of inputs of {@link Recurrent}. */
  public int inputs() {
    return 5 + (hasCellState() ? 1 : 0) + (hasRecurrentBias() ? 1 : 0);
  }
}
