package dev.volute.graph;

import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.ShapeException;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Collects the nodes of a graph while values are combined. Not safe for use by several threads at
 * once.
 */
public final class GraphBuilder {
  private final List<Node> nodes = new ArrayList<>();
  private final List<Value> inputs = new ArrayList<>();
  private final Map<Variable, Value> variables = new LinkedHashMap<>();
  private String path = "";

  /** An empty graph. */
  public GraphBuilder() {}

  /** A value that the caller gives at each run. */
  public Value input(String label, TensorType type) {
    Value value = apply(new Placeholder(label, type), List.of()).get(0);
    inputs.add(value);
    return value;
  }

  /** The value of a variable before the run. */
  public Value variable(Variable variable) {
    Value known = variables.get(variable);
    if (known == null) {
      known = apply(variable, List.of()).get(0);
      variables.put(variable, known);
    }
    return known;
  }

  public Value constant(Tensor value) {
    return apply(new Constant(value), List.of()).get(0);
  }

  public Value fill(DType dtype, Shape shape, double value) {
    return apply(new Fill(value, new TensorType(dtype, shape)), List.of()).get(0);
  }

  /**
   * Adds a node.
   *
   * @return its outputs
   * @throws ShapeException if the inputs do not fit; the message starts with the current path
   */
  public List<Value> apply(Op op, List<Value> arguments) {
    List<TensorType> types = new ArrayList<>(arguments.size());
    for (Value argument : arguments) {
      if (argument.node().builder() != this) {
        throw new IllegalArgumentException(
            op.name() + " was given a value of another graph: " + argument);
      }
      types.add(argument.type());
    }
    List<TensorType> outputs;
    try {
      outputs = op.infer(types);
    } catch (ShapeException e) {
      throw located(e);
    }
    Node node = new Node(this, nodes.size(), op, arguments, outputs, path);
    nodes.add(node);
    return node.outputs();
  }

  /** The same complaint with the current path in front. */
  ShapeException located(ShapeException complaint) {
    return path.isEmpty()
        ? complaint
        : new ShapeException(path + ": " + complaint.getMessage(), complaint);
  }

  /** Runs {@code body} with {@code newPath} as the path of the nodes that it adds. */
  public <T> T at(String newPath, Supplier<T> body) {
    String outer = path;
    path = newPath;
    try {
      return body.get();
    } finally {
      path = outer;
    }
  }

  /** The path of the nodes being added. */
  public String path() {
    return path;
  }

  /** The graph built so far, with these outputs and new values of variables. */
  public Graph build(List<Value> outputs, Map<Variable, Value> updates) {
    updates.forEach(
        (variable, value) -> {
          if (!variable.type().equals(value.type())) {
            throw new ShapeException(
                "Variable "
                    + variable.label()
                    + " is "
                    + variable.type()
                    + " and cannot take a value of "
                    + value.type());
          }
        });
    return new Graph(nodes, inputs, outputs, updates);
  }
}
