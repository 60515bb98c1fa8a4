package dev.volute.backend.java.lanes;

import jdk.incubator.vector.FloatVector;

/**
 * Keeps the JVM's compiler from a guess that goes wrong. Each operation on vectors asks one method
 * of the JDK for the code of its operator. If operators of one class alone have come by until that
 * method is compiled, others are trapped there, five times; and the compiler counts these traps
 * anew for each operation of a method that it compiles later. Beyond a hundred ({@code
 * -XX:PerMethodTrapLimit}), as with the 24 multiplications of {@link Tile12x2}, it does not rely on
 * the classes of vectors any more, and keeps them as objects: steps took 15 times as long, in one
 * process of thirty. So tiles let two classes of operators come by from the first one on.
 */
final class OperatorClasses {
  private static final FloatVector ZERO = FloatVector.zero(VectorLanes.FLOATS);

  private OperatorClasses() {}

  /** Adds, where all else is multiplied and added at once; nothing of it is left when compiled. */
  static void mix() {
    ZERO.add(ZERO);
  }
}
