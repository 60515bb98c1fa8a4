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

  /** The sigmoid of n elements, in their place. */
  void sigmoid(int n, float[] x, int at) {
    sigmoid.run(n, x, at, x, at, x, at);
  }

  /** The hyperbolic tangent of n elements, in their place. */
  void tanh(int n, float[] x, int at) {
    tanh.run(n, x, at, x, at, x, at);
  }
}
