package dev.volute.nn;

import dev.volute.VoluteException;
import dev.volute.graph.Graph;
import dev.volute.graph.Value;
import dev.volute.graph.Variable;
import dev.volute.io.Safetensors;
import dev.volute.random.Philox;
import dev.volute.runtime.Engine;
import dev.volute.spi.Backend;
import dev.volute.spi.OutOfMemoryException;
import dev.volute.tensor.Shape;
import dev.volute.tensor.ShapeException;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.lang.ref.Cleaner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * A network with parameters on one backend. Closing it releases its memory at once; a model that
 * was forgotten is released when it is collected.
 *
 * <p>Several threads may predict at once. Training, loading and closing exclude them meanwhile.
 */
public final class Model implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final Network network;
  private final TensorType sample;
  private final Engine engine;
  private final Cleaner.Cleanable cleanable;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<Integer, StreamSession.Stepper> steppers = new HashMap<>();
  private final Predictors predictors = new Predictors(this::compilePrediction, this::release);

  private Model(Network network, TensorType sample, Backend backend) {
    this.network = network;
    this.sample = sample;
    this.engine = new Engine(backend);
    this.cleanable = CLEANER.register(this, engine::close);
  }

  /** A model with fresh parameters. */
  static Model create(Network network, TensorType sample, Backend backend, long seed) {
    return filled(network, sample, backend, model -> parameter -> initial(parameter, seed));
  }

  /** A model with the parameters of a file that {@link #save} wrote. */
  static Model read(Network network, TensorType sample, Backend backend, Path file) {
    Map<String, Tensor> values = Safetensors.read(file).tensors();
    return filled(
        network,
        sample,
        backend,
        model -> {
          model.requireFit(values, file);
          return parameter -> values.get(parameter.path());
        });
  }

  /**
   * @param source asked once for what gives each parameter its first value, when all are known
   */
  private static Model filled(
      Network network,
      TensorType sample,
      Backend backend,
      Function<Model, Function<Parameter, Tensor>> source) {
    Trace trace =
        network.trace(sample.withShape(sample.shape().prepend(1)), true, Tracer.ZEROS, Map.of());
    Model model = new Model(network, sample, backend);
    try {
      trace
          .parameters()
          .keySet()
          .forEach(parameter -> model.parameters.put(parameter.path(), parameter));
      Function<Parameter, Tensor> values = source.apply(model);
      for (Parameter parameter : model.parameters.values()) {
        model.engine.define(parameter.variable(), values.apply(parameter));
      }
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
    return model;
  }

  private static Tensor initial(Parameter parameter, long seed) {
    Philox random = new Philox(seed, Philox.stream(parameter.path()), 0);
    TensorType type = parameter.variable().type();
    Tensor value;
    try {
      value = Tensor.zeros(type);
    } catch (ShapeException e) {
      throw new ShapeException(parameter.path() + ": " + e.getMessage(), e);
    } catch (OutOfMemoryError e) {
      throw new OutOfMemoryException(
          "%s: %s needs %,d bytes of Java heap for its first values; the heap is limited to %,d"
              .formatted(parameter.path(), type, type.bytes(), Runtime.getRuntime().maxMemory()),
          e);
    }
    float[] values = value.floats();
    for (int i = 0; i < values.length; i++) {
      values[i] = parameter.initializer().value(random, i);
    }
    return value;
  }

  public Network network() {
    return network;
  }

  /** Type of one sample as the model was made for it, without the batch. */
  public TensorType sample() {
    return sample;
  }

  public Backend backend() {
    return engine.backend();
  }

  /**
   * The network's output for a batch.
   *
   * @param batch the batch axis first, then the sample's
   * @throws ShapeException if it does not fit; the message names the layer
   */
  public Tensor predict(Tensor batch) {
    requireBatch(batch.type());
    return predictors.use(
        batch.type(),
        program -> {
          List<Tensor> outputs = program.newOutputs();
          program.run(List.of(batch), outputs, accepted -> true);
          return outputs.get(0);
        });
  }

  /**
   * The compiled prediction for batches of one type. It takes its memory until the model closes;
   * {@link #predict} releases what it has not used for long.
   */
  public Program predictor(TensorType batch) {
    return predictors.keep(batch);
  }

  private Program compilePrediction(TensorType batch) {
    Trace trace = trace(batch, false);
    return compile(trace.builder().build(List.of(trace.output()), Map.of()));
  }

  /**
   * Predicts batches of zeros until that gets no faster, so that the first prediction that somebody
   * waits for runs at full speed. Changes nothing but time.
   *
   * @param batch type of the batches to come
   * @param limit after which it stops at the latest
   */
  public WarmUp warmUp(TensorType batch, Duration limit) {
    requireBatch(batch);
    Program program = predictor(batch);
    List<Tensor> inputs = List.of(Tensor.zeros(batch));
    List<Tensor> outputs = program.newOutputs();
    return WarmUp.of(() -> program.run(inputs, outputs, accepted -> true), limit);
  }

  private void requireBatch(TensorType batch) {
    Shape shape = batch.shape();
    if (shape.rank() != sample.shape().rank() + 1 || batch.dtype() != sample.dtype()) {
      throw new ShapeException(
          "The model takes batches of "
              + sample
              + ", that is "
              + sample.dtype()
              + " with "
              + (sample.shape().rank() + 1)
              + " axes, not "
              + batch);
    }
    if (shape.dim(0) < 1) {
      throw new ShapeException("A batch has at least one sample; this one is " + batch);
    }
  }

  /** The network written out for one input type, over this model's parameters. */
  public Trace trace(TensorType batch, boolean training) {
    requireBatch(batch);
    return network.trace(batch, training, Tracer.ZEROS, parameters);
  }

  /** Like {@link #trace}, with recurrent layers' states as inputs of the graph. */
  public Trace traceWithStates(TensorType batch, boolean training) {
    requireBatch(batch);
    return network.trace(batch, training, Tracer.GIVEN, parameters);
  }

  /** Makes a graph over this model's variables ready to run. */
  public Program compile(Graph graph) {
    return new Program(engine.compile(graph));
  }

  /** Lets go of a program's kernels and constants. */
  public void release(Program program) {
    engine.release(program.executable());
  }

  /** Gives a further variable, such as an optimizer's moment, its place and first value. */
  public void define(Variable variable, Tensor value) {
    engine.define(variable, value);
  }

  /** Releases further variables that are no longer used by any program. */
  public void undefine(List<Variable> variables) {
    engine.remove(variables);
  }

  /** The present value of a variable. */
  public Tensor read(Variable variable) {
    return engine.read(variable);
  }

  public void write(Variable variable, Tensor value) {
    engine.write(variable, value);
  }

  /** The parameters and statistics, in the order in which layers asked for them. */
  public List<Parameter> parameters() {
    return List.copyOf(parameters.values());
  }

  /** Present values of parameters and statistics, by path. */
  public Map<String, Tensor> values() {
    Map<String, Tensor> values = new LinkedHashMap<>();
    parameters.forEach((path, parameter) -> values.put(path, engine.read(parameter.variable())));
    return values;
  }

  /**
   * Gives all parameters and statistics new values. Either all fit, or nothing changes.
   *
   * @throws VoluteException if paths are missing or left over, or a shape differs
   */
  public void load(Map<String, Tensor> values) {
    requireFit(values);
    parameters.forEach((path, parameter) -> engine.write(parameter.variable(), values.get(path)));
  }

  private void requireFit(Map<String, Tensor> values) {
    Set<String> missing = new LinkedHashSet<>(parameters.keySet());
    missing.removeAll(values.keySet());
    Set<String> unknown = new LinkedHashSet<>(values.keySet());
    unknown.removeAll(parameters.keySet());
    if (!missing.isEmpty() || !unknown.isEmpty()) {
      throw new VoluteException(
          "The values do not belong to this network: missing " + missing + ", unknown " + unknown);
    }
    parameters.forEach(
        (path, parameter) -> {
          TensorType expected = parameter.variable().type();
          if (!values.get(path).type().equals(expected)) {
            throw new ShapeException(
                path + " is " + expected + " and cannot take " + values.get(path).type());
          }
        });
  }

  private void requireFit(Map<String, Tensor> values, Path file) {
    try {
      requireFit(values);
    } catch (VoluteException e) {
      throw new VoluteException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Writes parameters and statistics to a file in the safetensors format. The file appears whole or
   * not at all.
   */
  public void save(Path file) {
    new Safetensors(values(), Map.of("network", network.toString())).write(file);
  }

  /**
   * Reads what {@link #save} wrote. Either all of it fits, or nothing changes.
   *
   * @throws VoluteException that names the file and what does not fit
   */
  public void load(Path file) {
    Map<String, Tensor> values = Safetensors.read(file).tensors();
    requireFit(values, file);
    load(values);
  }

  /**
   * Opens a session that feeds one time step after the other and keeps the recurrent layers'
   * states.
   *
   * @param batch how many sequences it follows side by side
   */
  public StreamSession stream(int batch) {
    if (batch < 1 || sample.shape().rank() < 1) {
      throw new ShapeException(
          "A stream follows at least 1 sequence of [time, ...] samples, not "
              + batch
              + " of "
              + sample);
    }
    synchronized (steppers) {
      return new StreamSession(
          steppers.computeIfAbsent(batch, size -> StreamSession.Stepper.compile(this, size)));
    }
  }

  /** A session for one sequence. */
  public StreamSession stream() {
    return stream(1);
  }

  /**
   * Looks for the first value of a run that is not finite.
   *
   * @param graph of a training step
   * @param loss a value of it
   * @return for example {@code layer conv2d2 (Convolution)} or {@code parameter dense1/weight}
   */
  public String firstNonFinite(Graph graph, Value loss, List<Tensor> inputs) {
    return NonFiniteSearch.of(graph, loss).run(this, inputs);
  }

  /** Bytes of parameters and other variables. */
  public long variableBytes() {
    return engine.variableBytes();
  }

  /** A table: each layer's path, output shape for a batch of one, and number of parameters. */
  public String summary() {
    return Summary.of(network, sample);
  }

  @Override
  public void close() {
    cleanable.clean();
  }
}
