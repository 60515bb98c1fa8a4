package dev.volute.conformance.reference;

import dev.volute.spi.BackendException;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Computes single ops, from doubles to doubles that were never rounded to the element type. */
public final class ReferenceOps {
  private ReferenceOps() {}

  /** Memory for an output: what it holds before the op runs, and where the output lies in it. */
  public record Target(double[] storage, View view) {
    /** Dense memory for an output. */
    public static Target dense(Shape shape) {
      return new Target(new double[(int) shape.elements()], View.dense(shape, 0));
    }
  }

  /**
   * Runs an op on dense inputs.
   *
   * @param inputs elements in row-major order
   * @return the elements of each output, in row-major order of its view; the targets' storages
   *     change
   */
  public static List<double[]> compute(OpCall call, List<double[]> inputs, List<Target> targets) {
    List<Operand> in = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      DType dtype = call.input(i).dtype();
      View view = View.dense(call.input(i).shape(), 0);
      in.add(new Operand(new ReferenceMemory(dtype, inputs.get(i)), view, false));
    }
    List<Operand> out = new ArrayList<>();
    for (int i = 0; i < targets.size(); i++) {
      Target target = targets.get(i);
      ReferenceMemory memory = new ReferenceMemory(call.output(i).dtype(), target.storage());
      out.add(new Operand(memory, target.view(), false));
    }
    Operands operands =
        new Operands(
            in,
            out,
            Optional.empty(),
            (constant, form, pack) -> {
              throw new BackendException("The reference packs nothing");
            });
    try (ReferenceBackend backend = new ReferenceBackend()) {
      backend.bind(call, operands).run();
    }
    List<double[]> results = new ArrayList<>();
    for (Operand operand : out) {
      Elements elements = Elements.of(operand);
      double[] values = new double[elements.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = elements.get(i);
      }
      results.add(values);
    }
    return results;
  }

  /** Runs an op from dense inputs to dense outputs. */
  public static List<double[]> compute(OpCall call, List<double[]> inputs) {
    return compute(
        call, inputs, call.outputs().stream().map(type -> Target.dense(type.shape())).toList());
  }
}
