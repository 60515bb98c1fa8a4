package dev.volute.spi;

import dev.volute.graph.Op;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.TensorType;
import java.util.Collections;
import java.util.List;
import java.util.StringJoiner;

/**
 * An op with the types of its inputs and outputs, and, of a composite, in which formats they lie:
 * all that a backend's answers may depend on. Claims do not depend on the formats. Primitives take
 * operands of any views, and their calls say {@link MemoryFormat#ROW_MAJOR}.
 */
public record OpCall(
    Op op,
    List<TensorType> inputs,
    List<TensorType> outputs,
    List<MemoryFormat> inputFormats,
    List<MemoryFormat> outputFormats) {
  public OpCall {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    inputFormats = List.copyOf(inputFormats);
    outputFormats = List.copyOf(outputFormats);
  }

  /** With everything row-major. */
  public OpCall(Op op, List<TensorType> inputs, List<TensorType> outputs) {
    this(op, inputs, outputs, rowMajor(inputs.size()), rowMajor(outputs.size()));
  }

  private static List<MemoryFormat> rowMajor(int count) {
    return Collections.nCopies(count, MemoryFormat.ROW_MAJOR);
  }

  /** A call whose output types follow from the op's own rule, with everything row-major. */
  public static OpCall of(Op op, List<TensorType> inputs) {
    return new OpCall(op, inputs, op.infer(inputs));
  }

  public TensorType input(int index) {
    return inputs.get(index);
  }

  public TensorType output(int index) {
    return outputs.get(index);
  }

  public MemoryFormat inputFormat(int index) {
    return inputFormats.get(index);
  }

  public MemoryFormat outputFormat(int index) {
    return outputFormats.get(index);
  }

  /** The same call with its operands in these formats. */
  public OpCall in(List<MemoryFormat> newInputFormats, List<MemoryFormat> newOutputFormats) {
    return new OpCall(op, inputs, outputs, newInputFormats, newOutputFormats);
  }

  /** Inputs and outputs for people: their types, and their formats where not row-major. */
  public String signature() {
    return operands(inputs, inputFormats) + " -> " + operands(outputs, outputFormats);
  }

  private static String operands(List<TensorType> types, List<MemoryFormat> formats) {
    StringJoiner text = new StringJoiner(", ", "[", "]");
    for (int i = 0; i < types.size(); i++) {
      boolean last = formats.get(i) == MemoryFormat.CHANNELS_LAST;
      text.add(types.get(i) + (last ? " channels last" : ""));
    }
    return text.toString();
  }
}
