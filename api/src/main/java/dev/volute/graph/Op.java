package dev.volute.graph;

import dev.volute.tensor.TensorType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What is computed: an immutable record with its attributes. Two equal ops given equal inputs give
 * equal outputs; randomness comes in as an input (see {@link RandomUniform}).
 *
 * <p>An op is either a primitive, which every backend runs, or a composite, whose {@link #lowering}
 * says the same with simpler ops and which a backend may claim because it does it faster. An op of
 * a user's own is a record that implements {@link #infer} and {@link #lowering}: it then runs and
 * differentiates on every backend.
 */
public interface Op {

  /** The name that error messages and plan listings show. */
  default String name() {
    return getClass().getSimpleName();
  }

  /**
   * Types of the outputs for inputs of these types.
   *
   * @throws dev.volute.tensor.ShapeException if the inputs do not fit; the message names the shapes
   *     met and what would fit
   */
  List<TensorType> infer(List<TensorType> inputs);

  /**
   * Adds to the graph what carries the gradient of the outputs to the inputs. The default
   * differentiates the lowering.
   */
  default void gradient(GradientContext context) {
    context.throughLowering();
  }

  /** The same result from simpler ops; empty for a primitive. */
  default Optional<Lowering> lowering() {
    return Optional.empty();
  }

  /**
   * This op with only its first {@code count} outputs, if it has a form that computes no more than
   * those. Plans use it when nothing reads the rest.
   */
  default Optional<Op> withOutputs(int count) {
    return Optional.empty();
  }

  /**
   * The input whose memory an output may share: a kernel must then accept both operands at the same
   * place. Empty if they must be apart.
   */
  default OptionalInt inPlace(int output) {
    return OptionalInt.empty();
  }

  /** Builds the outputs of an op from its inputs with simpler ops. */
  @FunctionalInterface
  interface Lowering {
    List<Value> build(List<Value> inputs);
  }
}
