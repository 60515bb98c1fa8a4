package dev.volute.runtime;

import dev.volute.graph.Constant;
import dev.volute.graph.Fill;
import dev.volute.graph.Variable;
import dev.volute.spi.Backend;
import dev.volute.spi.Kernel;
import dev.volute.spi.Memory;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import dev.volute.tensor.View;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** A plan with its constants, ready to run on the engine that compiled it. */
public final class Executable {
  private final Engine engine;
  private final Plan plan;
  private final boolean frozen;
  private final Optional<PreparedValues> prepared;
  private final Map<Buffer, Memory> constants = new IdentityHashMap<>();

  /**
   * @param frozen true if it changes no variable
   * @param prepared what it reads besides, computed before
   */
  Executable(Engine engine, Plan plan, boolean frozen, Optional<PreparedValues> prepared) {
    this.prepared = prepared;
    this.engine = engine;
    this.plan = plan;
    this.frozen = frozen;
    try {
      plan.constants().forEach(constant -> constants.put(constant, filled(constant)));
    } catch (RuntimeException e) {
      releaseConstants();
      throw e;
    }
  }

  Plan plan() {
    return plan;
  }

  /** True if kernels may take the variables' values for constant. */
  boolean frozen() {
    return frozen;
  }

  Optional<PreparedValues> prepared() {
    return prepared;
  }

  /** Bytes that a run needs besides the variables. */
  public long peakBytes() {
    return plan.peakBytes();
  }

  /** One line a step with the algorithm that the backend chose, then the memory. */
  public String describe() {
    return plan.describe(engine.backend());
  }

  /** New tensors that fit the outputs. */
  public List<Tensor> newOutputs() {
    return plan.outputs().stream().map(place -> Tensor.zeros(place.type())).toList();
  }

  /**
   * Runs the plan.
   *
   * @param inputs one tensor for each input, of the planned types
   * @param outputs receive the results; see {@link #newOutputs}
   * @param commit told the outputs, says whether the variables get their new values
   * @return what {@code commit} said
   */
  public boolean run(List<Tensor> inputs, List<Tensor> outputs, Predicate<List<Tensor>> commit) {
    return engine.run(this, inputs, outputs, commit);
  }

  private Memory filled(Buffer buffer) {
    Backend backend = engine.backend();
    Memory memory = backend.allocate(buffer.dtype, buffer.elements);
    Tensor value;
    if (buffer.source instanceof Constant constant) {
      value = constant.value();
    } else {
      Fill fill = (Fill) buffer.source;
      value = filled(fill);
    }
    memory.write(0, value);
    return memory;
  }

  private static Tensor filled(Fill fill) {
    Tensor one = Tensor.of(Shape.scalar(), fill.value()).cast(fill.type().dtype());
    Tensor value = Tensor.zeros(fill.type());
    switch (fill.type().dtype()) {
      case F32 -> java.util.Arrays.fill(value.floats(), one.floats()[0]);
      case F64 -> java.util.Arrays.fill(value.doubles(), one.doubles()[0]);
      case I32 -> java.util.Arrays.fill(value.ints(), one.ints()[0]);
    }
    return value;
  }

  /** Binds every step to the variables, the constants and these slabs. */
  Instance bind(Map<DType, Memory> slabs) {
    List<Instance.BoundStep> compute = new ArrayList<>();
    List<Instance.BoundStep> commit = new ArrayList<>();
    try {
      plan.compute().forEach(step -> compute.add(bind(step, slabs)));
      plan.commit().forEach(step -> commit.add(bind(step, slabs)));
    } catch (RuntimeException e) {
      compute.forEach(step -> step.kernel().close());
      commit.forEach(step -> step.kernel().close());
      throw e;
    }
    return new Instance(
        compute,
        commit,
        plan.inputs().stream().map(place -> operand(place, slabs)).toList(),
        plan.outputs().stream().map(place -> operand(place, slabs)).toList());
  }

  private Instance.BoundStep bind(Step step, Map<DType, Memory> slabs) {
    OpCall call = step.call();
    Optional<Operand> scratch = step.scratch().map(place -> operand(place, slabs));
    Operands operands =
        new Operands(
            step.inputs().stream().map(place -> operand(place, slabs)).toList(),
            step.outputs().stream().map(place -> operand(place, slabs)).toList(),
            scratch,
            engine.packedConstants());
    Kernel kernel = engine.backend().bind(call, operands);
    return new Instance.BoundStep(kernel, step.path());
  }

  private Operand operand(Place place, Map<DType, Memory> slabs) {
    Buffer buffer = place.buffer();
    View view = place.view();
    return switch (buffer.kind) {
      case SLAB -> new Operand(slabs.get(buffer.dtype), view.shifted(buffer.offset), false);
      case VARIABLE ->
          new Operand(engine.variables().memory((Variable) buffer.source), view, frozen);
      case CONSTANT -> new Operand(constants.get(buffer), view, frozen);
    };
  }

  /** Types of the inputs, in order. */
  List<TensorType> inputTypes() {
    return plan.inputs().stream().map(Place::type).toList();
  }

  void releaseConstants() {
    constants.values().forEach(Memory::close);
    constants.clear();
  }
}
