package dev.volute.runtime;

import dev.volute.graph.Accumulate;
import dev.volute.graph.Binary;
import dev.volute.graph.Constant;
import dev.volute.graph.Copy;
import dev.volute.graph.Fill;
import dev.volute.graph.Gather;
import dev.volute.graph.Graph;
import dev.volute.graph.MatMul;
import dev.volute.graph.Node;
import dev.volute.graph.Op;
import dev.volute.graph.Placeholder;
import dev.volute.graph.RandomUniform;
import dev.volute.graph.Reduce;
import dev.volute.graph.ScatterAdd;
import dev.volute.graph.Select;
import dev.volute.graph.Unary;
import dev.volute.graph.Update;
import dev.volute.graph.Value;
import dev.volute.graph.Variable;
import dev.volute.graph.ViewOp;
import dev.volute.spi.Backend;
import dev.volute.spi.OpCall;
import dev.volute.spi.OutOfMemoryException;
import dev.volute.spi.Scratch;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import dev.volute.tensor.View;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Makes a plan of a graph: rewrites it, then gives every value a place and every op a step. */
final class Planner {
  /** The primitives, which take operands of any strides. */
  private static final Set<Class<? extends Op>> STRIDED =
      Set.of(
          Accumulate.class,
          Binary.class,
          Copy.class,
          Fill.class,
          Gather.class,
          MatMul.class,
          RandomUniform.class,
          Reduce.class,
          ScatterAdd.class,
          Select.class,
          Unary.class);

  private final Backend backend;
  private final Graph graph;
  private final Schedule schedule;
  private final Formats formats;
  private final Map<Value, Place> places = new LinkedHashMap<>();
  private final List<Buffer> slab = new ArrayList<>();
  private final List<Buffer> constants = new ArrayList<>();
  private List<Step> steps = new ArrayList<>();
  private int now;

  private Planner(Graph graph, Backend backend) {
    this.graph = graph;
    this.backend = backend;
    this.schedule = Schedule.of(graph);
    this.formats = Formats.of(graph, schedule, backend);
  }

  /**
   * @throws dev.volute.spi.BackendException if the backend refuses a primitive of the graph
   */
  static Plan plan(Graph graph, Backend backend) {
    Graph joint = ChainConvolutions.apply(Fuse.apply(Simplify.apply(graph), backend), backend);
    Graph ready = Simplify.apply(Lower.apply(joint, backend));
    return new Planner(ready, backend).place();
  }

  private Plan place() {
    graph.inputs().forEach(this::placeInput);
    for (Node node : schedule.compute()) {
      place(node);
      now++;
    }
    List<Place> outputs = new ArrayList<>();
    graph
        .outputs()
        .forEach(output -> outputs.add(dense(places.get(output), Integer.MAX_VALUE, "")));
    Map<Variable, Place> updates = rescuedUpdates();
    List<Step> compute = steps;
    steps = new ArrayList<>();
    for (Node node : schedule.commit()) {
      placeInVariables(node);
      now++;
    }
    updates.forEach(this::store);
    return new Plan(
        compute,
        steps,
        graph.inputs().stream().map(places::get).toList(),
        outputs,
        constants,
        SlabLayout.assign(slab));
  }

  private void placeInput(Value input) {
    Buffer buffer = newBuffer(input.node().op(), input.type(), 0, lastUse(input));
    places.put(input, Place.whole(buffer, input.type()));
  }

  private void place(Node node) {
    Op op = node.op();
    if (op instanceof Variable variable) {
      placeOutside(node, Buffer.Kind.VARIABLE, variable);
    } else if (op instanceof Constant || (op instanceof Fill && schedule.isNeverChanged(node))) {
      constants.add(placeOutside(node, Buffer.Kind.CONSTANT, op));
    } else if (op instanceof ViewOp view) {
      Place input = places.get(node.inputs().get(0));
      Value output = node.outputs().get(0);
      Place source =
          view.view(input.view()).isPresent() ? input : dense(input, lastUse(output), node.path());
      places.put(output, new Place(source.buffer(), view.view(source.view()).orElseThrow()));
    } else if (op instanceof Update update) {
      placeUpdate(node, update);
    } else if (!(op instanceof Placeholder)) {
      placeKernel(node);
    }
  }

  private Buffer placeOutside(Node node, Buffer.Kind kind, Op source) {
    Value output = node.outputs().get(0);
    Buffer buffer = Buffer.outside(kind, source, output.dtype(), output.shape().elements());
    places.put(output, Place.whole(buffer, output.type()));
    return buffer;
  }

  private void placeUpdate(Node node, Update update) {
    Value result = node.outputs().get(0);
    Place base = places.get(node.inputs().get(0));
    Place addend = places.get(node.inputs().get(1));
    Place target;
    if (mayOverwrite(base, result.dtype(), View.dense(result.shape(), 0))
        && addend.buffer() != base.buffer()) {
      target = base;
      extend(base.buffer(), lastUse(result));
    } else {
      target =
          Place.whole(newBuffer(node.op(), result.type(), now, lastUse(result)), result.type());
      step(new Copy(result.dtype()), List.of(base), List.of(target), node.path());
    }
    places.put(result, target);
    View part = target.view();
    for (ViewOp selector : update.part()) {
      part =
          selector
              .view(part)
              .orElseThrow(
                  () -> new IllegalStateException("Not a part in place: " + update.part()));
    }
    step(
        update.add() ? new Accumulate() : new Copy(result.dtype()),
        List.of(addend),
        List.of(new Place(target.buffer(), part)),
        node.path());
  }

  private void placeKernel(Node node) {
    List<Place> inputs = operands(node);
    List<Place> outputs = new ArrayList<>();
    for (Value output : node.outputs()) {
      OptionalInt shared = node.op().inPlace(output.index());
      View view = formats.of(output).view(output.shape(), 0);
      boolean reuse =
          shared.isPresent()
              && mayOverwrite(inputs.get(shared.getAsInt()), output.dtype(), view)
              && isOnlyView(inputs.get(shared.getAsInt()), inputs);
      Buffer buffer;
      if (reuse) {
        buffer = inputs.get(shared.getAsInt()).buffer();
        extend(buffer, lastUse(output));
      } else {
        buffer = newBuffer(node.op(), output.type(), now, lastUse(output));
      }
      Place place = new Place(buffer, view);
      places.put(output, place);
      outputs.add(place);
    }
    step(node, inputs, outputs);
  }

  /**
   * The inputs' places; composites get theirs dense in the values' formats, whether or not they can
   * be lowered.
   */
  private List<Place> operands(Node node) {
    boolean composite = !STRIDED.contains(node.op().getClass());
    List<Place> operands = new ArrayList<>();
    for (Value input : node.inputs()) {
      Place place = places.get(input);
      boolean fits = !composite || formats.of(input).holds(place.view());
      operands.add(fits ? place : dense(place, now, node.path()));
    }
    return operands;
  }

  /** True if the node being placed is the last reader of all that lies in the input's buffer. */
  private boolean mayOverwrite(Place input, DType dtype, View result) {
    Buffer buffer = input.buffer();
    return buffer.kind == Buffer.Kind.SLAB
        && buffer.lastUse == now
        && buffer.dtype == dtype
        && buffer.elements == result.shape().elements()
        && input.view().equals(result);
  }

  private static boolean isOnlyView(Place input, List<Place> all) {
    return all.stream()
        .allMatch(other -> other.buffer() != input.buffer() || other.view().equals(input.view()));
  }

  private static void extend(Buffer buffer, int lastUse) {
    buffer.lastUse = Math.max(buffer.lastUse, lastUse);
  }

  /**
   * A dense place with the same values: the same one, or a copy that lives until {@code lastUse}.
   */
  private Place dense(Place place, int lastUse, String path) {
    if (place.view().isDense()) {
      return place;
    }
    Copy copy = new Copy(place.dtype());
    Place target = Place.whole(newBuffer(copy, place.type(), now, lastUse), place.type());
    step(copy, List.of(place), List.of(target), path);
    return target;
  }

  /**
   * The new values that are stored by a copy. A value that lies in a variable is copied out first,
   * so that variables may trade places.
   */
  private Map<Variable, Place> rescuedUpdates() {
    Map<Variable, Place> rescued = new LinkedHashMap<>();
    graph
        .updates()
        .forEach(
            (variable, value) -> {
              Place place = places.get(value);
              if (place == null) {
                return;
              }
              if (place.buffer().kind == Buffer.Kind.VARIABLE) {
                Copy copy = new Copy(place.dtype());
                Place kept =
                    Place.whole(
                        newBuffer(copy, place.type(), now, Integer.MAX_VALUE), place.type());
                step(copy, List.of(place), List.of(kept), "");
                place = kept;
              }
              rescued.put(variable, place);
            });
    return rescued;
  }

  /** A node whose outputs are new values of variables that it may write in place. */
  private void placeInVariables(Node node) {
    List<Place> inputs = operands(node);
    List<Place> outputs = new ArrayList<>();
    for (Value output : node.outputs()) {
      Value previous = node.inputs().get(node.op().inPlace(output.index()).orElseThrow());
      outputs.add(places.get(previous));
    }
    step(node, inputs, outputs);
  }

  private void store(Variable variable, Place value) {
    Buffer buffer =
        Buffer.outside(
            Buffer.Kind.VARIABLE,
            variable,
            variable.type().dtype(),
            variable.type().shape().elements());
    step(
        new Copy(value.dtype()),
        List.of(value),
        List.of(Place.whole(buffer, variable.type())),
        variable.label());
  }

  private int lastUse(Value value) {
    return Math.max(now, schedule.lastUse(value));
  }

  private Buffer newBuffer(Op source, TensorType type, int firstUse, int lastUse) {
    Buffer buffer = Buffer.slab(source, type.dtype(), type.shape().elements(), firstUse, lastUse);
    slab.add(buffer);
    return buffer;
  }

  private void step(Op op, List<Place> inputs, List<Place> outputs, String path) {
    step(call(op, inputs, outputs), inputs, outputs, path);
  }

  /** The step that computes a node: a composite's call tells in which formats its operands lie. */
  private void step(Node node, List<Place> inputs, List<Place> outputs) {
    OpCall call = call(node.op(), inputs, outputs);
    step(
        node.op().lowering().isPresent()
            ? call.in(formats.of(node.inputs()), formats.of(node.outputs()))
            : call,
        inputs,
        outputs,
        node.path());
  }

  private static OpCall call(Op op, List<Place> inputs, List<Place> outputs) {
    return new OpCall(
        op, inputs.stream().map(Place::type).toList(), outputs.stream().map(Place::type).toList());
  }

  private void step(OpCall call, List<Place> inputs, List<Place> outputs, String path) {
    Op op = call.op();
    Scratch wanted = backend.scratch(call);
    Optional<Place> scratch = Optional.empty();
    if (wanted.elements() > Integer.MAX_VALUE) {
      throw new OutOfMemoryException(
          "%s %s on %s needs scratch memory for %,d elements, more than there can be; a smaller batch needs less"
              .formatted(path, op.name(), call.inputs(), wanted.elements()));
    }
    if (wanted.elements() > 0) {
      TensorType type = new TensorType(wanted.dtype(), Shape.of((int) wanted.elements()));
      scratch = Optional.of(Place.whole(newBuffer(op, type, now, now), type));
    }
    Step step = new Step(call, inputs, outputs, scratch, path);
    Lower.requireClaimed(backend, step);
    steps.add(step);
  }
}
