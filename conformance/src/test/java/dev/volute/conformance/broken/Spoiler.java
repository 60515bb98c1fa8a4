package dev.volute.conformance.broken;

import dev.volute.graph.Op;
import dev.volute.spi.Backend;
import dev.volute.spi.Kernel;
import dev.volute.spi.Memory;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.View;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Binds kernels, some of them wrongly. */
@FunctionalInterface
interface Spoiler {
  Kernel bind(Backend correct, OpCall call, Operands operands);

  /** Spoils the ops of one class. */
  static <T extends Op> Spoiler only(Class<T> type, Spoiler spoiler) {
    return (correct, call, operands) ->
        type.isInstance(call.op())
            ? spoiler.bind(correct, call, operands)
            : correct.bind(call, operands);
  }

  /** Runs another op on the same operands. */
  static <T extends Op> Spoiler swap(Class<T> type, Function<T, Op> other) {
    return only(
        type,
        (correct, call, operands) ->
            correct.bind(
                new OpCall(other.apply(type.cast(call.op())), call.inputs(), call.outputs()),
                operands));
  }

  /** Runs the op with one input seen otherwise. */
  static <T extends Op> Spoiler input(Class<T> type, int index, UnaryOperator<View> view) {
    return only(
        type,
        (correct, call, operands) -> {
          List<Operand> inputs = new ArrayList<>(operands.inputs());
          inputs.set(index, seen(inputs.get(index), view));
          return correct.bind(call, with(inputs, operands.outputs()));
        });
  }

  /** Runs the op with its first output seen otherwise. */
  static <T extends Op> Spoiler output(Class<T> type, UnaryOperator<View> view) {
    return only(
        type,
        (correct, call, operands) -> {
          List<Operand> outputs = new ArrayList<>(operands.outputs());
          outputs.set(0, seen(outputs.get(0), view));
          return correct.bind(call, with(operands.inputs(), outputs));
        });
  }

  private static Operand seen(Operand operand, UnaryOperator<View> view) {
    return new Operand(operand.memory(), view.apply(operand.view()), operand.constant());
  }

  static Operands with(List<Operand> inputs, List<Operand> outputs) {
    return new Operands(
        inputs, outputs, java.util.Optional.empty(), (constant, form, pack) -> pack.get());
  }

  /** Runs the op with other values of one input, worked out at each run. */
  static <T extends Op> Spoiler values(
      Class<T> type, int index, BiFunction<T, double[], double[]> change) {
    return values(type, op -> OptionalInt.of(index), change);
  }

  /** As above, with an input that not every op of the class has. */
  static <T extends Op> Spoiler values(
      Class<T> type, Function<T, OptionalInt> input, BiFunction<T, double[], double[]> change) {
    return only(
        type,
        (correct, call, operands) -> {
          OptionalInt which = input.apply(type.cast(call.op()));
          if (which.isEmpty()) {
            return correct.bind(call, operands);
          }
          int index = which.getAsInt();
          Operand original = operands.input(index);
          View dense = View.dense(original.view().shape(), 0);
          Memory memory =
              correct.allocate(original.memory().dtype(), original.view().shape().elements());
          Operand changed = new Operand(memory, dense, false);
          List<Operand> inputs = new ArrayList<>(operands.inputs());
          inputs.set(index, changed);
          Kernel kernel = correct.bind(call, with(inputs, operands.outputs()));
          return () -> {
            Numbers.set(changed, change.apply(type.cast(call.op()), Numbers.get(original)));
            kernel.run();
          };
        });
  }

  /** Runs the op and then something more. */
  static <T extends Op> Spoiler after(Class<T> type, BiConsumer<T, Operands> more) {
    return only(
        type,
        (correct, call, operands) -> {
          Kernel kernel = correct.bind(call, operands);
          return () -> {
            kernel.run();
            more.accept(type.cast(call.op()), operands);
          };
        });
  }

  /** Changes the elements of an output after the run. */
  static <T extends Op> Spoiler result(
      Class<T> type, int output, BiFunction<T, double[], double[]> change) {
    return after(
        type,
        (op, operands) -> {
          if (output < operands.outputs().size()) {
            Operand target = operands.output(output);
            Numbers.set(target, change.apply(op, Numbers.get(target)));
          }
        });
  }

  /** Runs something instead of the op. */
  static <T extends Op> Spoiler instead(Class<T> type, BiConsumer<T, Operands> other) {
    return only(
        type, (correct, call, operands) -> () -> other.accept(type.cast(call.op()), operands));
  }
}
