package dev.volute.nn;

import dev.volute.graph.GraphBuilder;
import dev.volute.graph.Value;
import dev.volute.graph.Variable;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.ShapeException;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs a network's layers over a graph builder and notes what they ask for. */
final class Tracer {
  /** Where a recurrent layer's first state comes from. */
  interface StateSource {
    Value first(GraphBuilder builder, String path, TensorType type);
  }

  /** States that start at zero in every window. */
  static final StateSource ZEROS =
      (builder, path, type) -> builder.fill(type.dtype(), type.shape(), 0);

  /** States that the caller gives with every run. */
  static final StateSource GIVEN = GraphBuilder::input;

  private final GraphBuilder builder;
  private final boolean training;
  private final StateSource states;
  private final Map<String, Parameter> known;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<Variable, Value> updates = new LinkedHashMap<>();
  private final Map<String, Value> before = new LinkedHashMap<>();
  private final Map<String, Value> after = new LinkedHashMap<>();
  private final List<Trace.LayerOutput> layers = new ArrayList<>();
  private final Value randomKey;

  /**
   * @param known the model's parameters by path; empty while a model is being made
   * @param randomKey I32 {@code [3]}, see {@link LayerScope#randomKey}
   */
  Tracer(
      GraphBuilder builder,
      boolean training,
      StateSource states,
      Map<String, Parameter> known,
      Value randomKey) {
    this.builder = builder;
    this.training = training;
    this.states = states;
    this.known = known;
    this.randomKey = randomKey;
  }

  Trace trace(Network network, Value input) {
    LayerScope scope = new LayerScope(this, "");
    Value output = network.apply(input, scope);
    Map<Parameter, Value> values = new LinkedHashMap<>();
    parameters.values().forEach(p -> values.put(p, builder.variable(p.variable())));
    List<Trace.State> carried = new ArrayList<>();
    before.forEach(
        (path, value) ->
            carried.add(
                new Trace.State(path, value.type(), value, after.getOrDefault(path, value))));
    return new Trace(builder, output, values, updates, carried, layers);
  }

  GraphBuilder builder() {
    return builder;
  }

  boolean training() {
    return training;
  }

  Value randomKey() {
    return randomKey;
  }

  Value parameter(
      String layer, String name, Shape shape, Initializer initializer, boolean trained) {
    String path = layer.isEmpty() ? name : layer + "/" + name;
    TensorType type = new TensorType(DType.F32, shape);
    if (parameters.containsKey(path)) {
      throw new IllegalStateException(layer + ": two parameters are called " + name);
    }
    Parameter parameter = known.get(path);
    if (parameter == null) {
      if (!known.isEmpty()) {
        throw new ShapeException(
            layer + ": the model has no parameter " + path + "; it has " + known.keySet());
      }
      parameter = new Parameter(new Variable(path, type), initializer, trained);
    } else if (!parameter.variable().type().equals(type)) {
      throw new ShapeException(
          "%s: this input needs a %s of shape %s, but the model was made with shape %s"
              .formatted(layer, name, shape, parameter.variable().type().shape()));
    }
    parameters.put(path, parameter);
    return builder.variable(parameter.variable());
  }

  void update(Variable variable, Value next) {
    updates.put(variable, next);
  }

  Value state(String layer, String name, TensorType type) {
    String path = layer + "/" + name;
    Value value = states.first(builder, path, type);
    before.put(path, value);
    return value;
  }

  boolean carriesStates() {
    return states == GIVEN;
  }

  void finished(String layer, Value output) {
    layers.add(new Trace.LayerOutput(layer, output.type()));
  }

  void carry(String layer, String name, Value next) {
    after.put(layer + "/" + name, next);
  }
}
