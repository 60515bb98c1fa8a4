package dev.volute.graph;

import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;

/** One application of an op to values, at a place in a network. */
public final class Node {
  private final GraphBuilder builder;
  private final int id;
  private final Op op;
  private final List<Value> inputs;
  private final List<Value> outputs;
  private final String path;

  Node(
      GraphBuilder builder,
      int id,
      Op op,
      List<Value> inputs,
      List<TensorType> types,
      String path) {
    this.builder = builder;
    this.id = id;
    this.op = op;
    this.inputs = List.copyOf(inputs);
    this.path = path;
    List<Value> made = new ArrayList<>(types.size());
    for (int i = 0; i < types.size(); i++) {
      made.add(new Value(this, i, types.get(i)));
    }
    this.outputs = List.copyOf(made);
  }

  GraphBuilder builder() {
    return builder;
  }

  /** Position in the order of building; inputs of a node have smaller ids. */
  public int id() {
    return id;
  }

  public Op op() {
    return op;
  }

  public List<Value> inputs() {
    return inputs;
  }

  public List<Value> outputs() {
    return outputs;
  }

  /**
   * The layer that built the node, for example {@code encoder/block2/conv}; empty outside layers.
   */
  public String path() {
    return path;
  }

  @Override
  public String toString() {
    return "%" + id + " = " + op + inputs + (path.isEmpty() ? "" : " in " + path);
  }
}
