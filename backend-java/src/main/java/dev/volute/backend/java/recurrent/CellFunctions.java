package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.simd.Elementwise;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.backend.java.simd.Gates;
import dev.volute.graph.Binary;
import dev.volute.graph.Unary;

/** The elementwise functions of gated cells. */
record CellFunctions(FloatMap sigmoid, FloatMap tanh, FloatMap multiply, Gates gates) {
  static CellFunctions of(Machine machine) {
    Elementwise elementwise = machine.simd().elementwise();
    return new CellFunctions(
        elementwise.unary(Unary.Function.SIGMOID),
        elementwise.unary(Unary.Function.TANH),
        elementwise.binary(Binary.Function.MULTIPLY),
        machine.simd().gates());
  }

  void sigmoid(int n, float[] y, int yAt, float[] x, int xAt) {
    sigmoid.run(n, y, yAt, x, xAt, x, xAt);
  }

  void tanh(int n, float[] y, int yAt, float[] x, int xAt) {
    tanh.run(n, y, yAt, x, xAt, x, xAt);
  }
}
