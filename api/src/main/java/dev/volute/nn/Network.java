package dev.volute.nn;

import dev.volute.graph.GraphBuilder;
import dev.volute.graph.Value;
import dev.volute.spi.Backend;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Layers behind one another: a description, free of any backend; immutable, printable, comparable.
 * It is a layer itself.
 *
 * <p>In paths a layer is called by its kind and a number that counts layers of that kind from 1
 * ({@code conv2d1}, {@code conv2d2}), or by the name that {@link Layers#named} gave it.
 */
public record Network(List<Layer> layers) implements Layer {
  public Network {
    layers = List.copyOf(layers);
  }

  public static Network of(Layer... layers) {
    return new Network(List.of(layers));
  }

  @Override
  public Value apply(Value x, LayerScope scope) {
    Map<String, Integer> counts = new HashMap<>();
    Value value = x;
    for (Layer layer : layers) {
      value = scope.apply(name(layer, counts), layer, value);
    }
    return value;
  }

  static String name(Layer layer, Map<String, Integer> counts) {
    if (layer instanceof Named named) {
      return named.name();
    }
    return layer.kind() + counts.merge(layer.kind(), 1, Integer::sum);
  }

  /**
   * A model with fresh parameters.
   *
   * @param sample shape of one sample, without the batch: {@code [channels, height, width]} or
   *     {@code [time, features]}; F32, or I32 if the first layer is an embedding
   * @param backend stays open until the caller closes it, after the model
   * @param seed the same seed gives the same parameters on every backend
   * @throws dev.volute.tensor.ShapeException if the layers do not fit one another
   */
  public Model init(Shape sample, Backend backend, long seed) {
    return Model.create(this, new TensorType(inputType(this), sample), backend, seed);
  }

  /**
   * A model with the parameters that {@link Model#save} wrote. None are drawn first, which makes it
   * the quicker way than {@link #init} and {@link Model#load(Path)}.
   *
   * @param sample as for {@link #init}
   * @param backend as for {@link #init}
   * @throws dev.volute.VoluteException that names the file and what does not fit
   */
  public Model read(Path file, Shape sample, Backend backend) {
    return Model.read(this, new TensorType(inputType(this), sample), backend, file);
  }

  /**
   * A table: each layer's path, output shape for a batch of one, and number of parameters.
   *
   * @param sample as for {@link #init}
   * @throws dev.volute.tensor.ShapeException if the layers do not fit one another
   */
  public String summary(Shape sample) {
    return Summary.of(this, new TensorType(inputType(this), sample));
  }

  private static dev.volute.tensor.DType inputType(Layer layer) {
    if (layer instanceof Network network && !network.layers.isEmpty()) {
      return inputType(network.layers.get(0));
    }
    if (layer instanceof Named named) {
      return inputType(named.layer());
    }
    return layer instanceof Embedding ? dev.volute.tensor.DType.I32 : dev.volute.tensor.DType.F32;
  }

  /**
   * Writes the network out as a graph.
   *
   * @param known the model's parameters by path; empty to collect those of a new model
   */
  Trace trace(
      TensorType input, boolean training, Tracer.StateSource states, Map<String, Parameter> known) {
    GraphBuilder builder = new GraphBuilder();
    Value x = builder.input("input", input);
    Value key =
        training
            ? builder.input("random key", TensorType.i32(3))
            : builder.constant(Tensor.of(Shape.of(3), 0, 0, 0));
    return new Tracer(builder, training, states, known, key).trace(this, x);
  }

  /** For example {@code Network[conv2d(20, 5x5), relu, flatten]}. */
  @Override
  public String toString() {
    return layers.stream().map(Object::toString).collect(Collectors.joining(", ", "Network[", "]"));
  }
}
