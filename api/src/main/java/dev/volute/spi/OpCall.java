package dev.volute.spi;

import dev.volute.graph.Op;
import dev.volute.tensor.TensorType;
import java.util.List;

/** An op with the types of its inputs and outputs: all that a claim may depend on. */
public record OpCall(Op op, List<TensorType> inputs, List<TensorType> outputs) {
  public OpCall {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** A call whose output types follow from the op's own rule. */
  public static OpCall of(Op op, List<TensorType> inputs) {
    return new OpCall(op, inputs, op.infer(inputs));
  }

  public TensorType input(int index) {
    return inputs.get(index);
  }

  public TensorType output(int index) {
    return outputs.get(index);
  }
}
