package dev.volute.backend.java.simd;

/**
 * What recurrent cells do between their products, for n units of one row; see {@link
 * dev.volute.graph.composite.RecurrentCell} for the equations and the order of the gates.
 *
 * <p>A value of several parts (gates, reserves and their gradients) has part p of unit j at {@code
 * at + p * step + j}; a value of one part has unit j at {@code at + j}.
 */
public interface Gates {
  /** Turns the sums of the LSTM's gates into i, f, g, o and the cell state c into the next. */
  void lstm(int n, float[] gates, int at, int step, float[] c, int cAt, float[] y, int yAt);

  /**
   * Gradients to the LSTM's sums.
   *
   * @param kept i, f, g, o, c
   * @param before cell state before the step
   * @param g gradient to the hidden state as an output
   * @param dh gradient to the hidden state as the next step's input; 0 afterwards
   * @param dc gradient to the cell state after the step; afterwards, to the one before
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

  /** Turns the sum of the GRU's reset gate into r, and gives r * h. */
  void reset(int n, float[] gates, int at, float[] h, int hAt, float[] rh, int rhAt);

  /** Turns the sums of the GRU's last two gates into z, n and gives the hidden state. */
  void gru(int n, float[] gates, int at, int step, float[] h, int hAt, float[] y, int yAt);

  /** Turns the sums of the GRU's gates into r, z, n and gives the hidden state. */
  void gruResetAfter(
      int n,
      float[] gates,
      int at,
      int step,
      float[] q,
      int qAt,
      float[] h,
      int hAt,
      float[] y,
      int yAt);

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
