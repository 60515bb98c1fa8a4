package dev.volute.backend.java.simd;

/**
 * What recurrent cells do between their products and the gates' activations, for n units of one
 * row; see {@link dev.volute.graph.composite.RecurrentCell} for the equations and the order of the
 * gates.
 *
 * <p>A value of several parts (gates, reserves and their gradients) has part p of unit j at {@code
 * at + p * step + j}; a value of one part has unit j at {@code at + j}.
 */
public interface Gates {
  /**
   * Gradients to states that are nearer to 0 count as 0. Those that vanish over many steps would
   * become subnormal, and many processors take a hundred times as long to multiply such numbers.
   */
  float LEAST_GRADIENT = 0x1p-100f;

  /** The LSTM's next cell state from its gates i, f, g: {@code c = f * c + i * g}. */
  void lstm(int n, float[] gates, int at, int step, float[] c, int cAt);

  /**
   * Gradients to the LSTM's sums.
   *
   * @param kept i, f, g, o
   * @param before cell state before the step
   * @param g gradient to the hidden state as an output
   * @param dh gradient to the hidden state as the next step's input; 0 afterwards
   * @param dc gradient to the cell state after the step; afterwards, to the one before
   * @param sums holds the tanh of the cell state after the step in the place of o's gradient
   */
  void lstmGradient(
      int n,
      float[] kept,
      int keptAt,
      int step,
      float[] before,
      int beforeAt,
      float[] g,
      int gAt,
      float[] dh,
      int dhAt,
      float[] dc,
      int dcAt,
      float[] sums,
      int sumsAt);

  /** The GRU's hidden state from its gates r, z, n: {@code y = z * h + (1 - z) * n}. */
  void gru(int n, float[] gates, int at, int step, float[] h, int hAt, float[] y, int yAt);

  /** Adds what the GRU's reset lets through to the candidate's sums: {@code sums += r * q}. */
  void reset(int n, float[] r, int rAt, float[] q, int qAt, float[] sums, int sumsAt);

  /**
   * Gradients to the sums of the GRU's last two gates, and r * h.
   *
   * @param kept r, z, n
   * @param h hidden state before the step
   * @param g gradient to the hidden state as an output
   * @param dh gradient to the hidden state as the next step's input; afterwards, what reaches the
   *     state before past the gates
   */
  void gruGradient(
      int n,
      float[] kept,
      int keptAt,
      int step,
      float[] h,
      int hAt,
      float[] g,
      int gAt,
      float[] dh,
      int dhAt,
      float[] sums,
      int sumsAt,
      float[] rh,
      int rhAt);

  /**
   * Gradient to the sum of the GRU's reset gate.
   *
   * @param r the gate
   * @param h hidden state before the step
   * @param drh gradient to r * h
   * @param dh receives what reaches h through r * h
   */
  void resetGradient(
      int n,
      float[] r,
      int rAt,
      float[] h,
      int hAt,
      float[] drh,
      int drhAt,
      float[] dh,
      int dhAt,
      float[] sums,
      int sumsAt);

  /**
   * Gradients to the sums of the GRU's gates and to q.
   *
   * @param kept r, z, n, q
   * @param h hidden state before the step
   * @param g gradient to the hidden state as an output
   * @param dh gradient to the hidden state as the next step's input; afterwards, what reaches the
   *     state before past the gates
   */
  void gruResetAfterGradient(
      int n,
      float[] kept,
      int keptAt,
      int step,
      float[] h,
      int hAt,
      float[] g,
      int gAt,
      float[] dh,
      int dhAt,
      float[] sums,
      int sumsAt,
      float[] dq,
      int dqAt);
}
