package dev.volute.bench.kernel;

import dev.volute.graph.Binary;
import dev.volute.graph.Unary;
import dev.volute.tensor.TensorType;
import org.openjdk.jmh.annotations.Param;

/** Functions of each element. */
public class Elementwise extends KernelBenchmark {
  /** A function. */
  public enum Function {
    /** Exponential. */
    EXP,
    /** Natural logarithm. */
    LOG,
    /** Hyperbolic tangent. */
    TANH,
    /** Logistic function. */
    SIGMOID,
    /** Rectifier. */
    RELU,
    /** Its gradient. */
    RELU_GRADIENT,
    /** Sum of two. */
    ADD,
    /** Product of two. */
    MULTIPLY
  }

  /** What is computed. */
  @Param public Function function = Function.EXP;

  /** Elements: in the first cache, and in memory. */
  @Param({"4096", "4194304"})
  public int elements;

  @Override
  Work work() {
    TensorType type = TensorType.f32(elements);
    return switch (function) {
      case EXP, LOG, TANH, SIGMOID, RELU ->
          Work.of(new Unary(Unary.Function.valueOf(function.name())), type);
      case RELU_GRADIENT, ADD, MULTIPLY ->
          Work.of(new Binary(Binary.Function.valueOf(function.name())), type, type);
    };
  }
}
