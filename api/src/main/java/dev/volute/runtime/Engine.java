package dev.volute.runtime;

import dev.volute.graph.Graph;
import dev.volute.graph.Variable;
import dev.volute.spi.Backend;
import dev.volute.spi.OutOfMemoryException;
import dev.volute.tensor.ShapeException;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Predicate;

/**
 * What one model holds on one backend: variables, slabs, compiled plans. Several threads may run
 * executables that change no variable; one that changes variables runs alone.
 */
public final class Engine implements AutoCloseable {
  private final Backend backend;
  private final Variables variables;
  private final PackedConstants packedConstants = new PackedConstants();
  private final Set<Executable> executables = new HashSet<>();
  private final List<Arena> arenas = new ArrayList<>();
  private final ArrayDeque<Arena> idle = new ArrayDeque<>();
  private final StampedLock lock = new StampedLock();
  private final AtomicLong names = new AtomicLong();
  private boolean packedAreCurrent = true;
  private boolean closed;

  public Engine(Backend backend) {
    this.backend = backend;
    this.variables = new Variables(backend);
  }

  public Backend backend() {
    return backend;
  }

  Variables variables() {
    return variables;
  }

  PackedConstants packedConstants() {
    return packedConstants;
  }

  /**
   * Gives a new variable its place and its first value.
   *
   * @throws OutOfMemoryException if it does not fit; the message tells what all variables need
   */
  public void define(Variable variable, Tensor value) {
    exclusively(
        () -> {
          try {
            variables.define(variable, value);
          } catch (OutOfMemoryException e) {
            throw new OutOfMemoryException(
                String.format(
                    Locale.ROOT,
                    "%s: %s (%s after %,d bytes for other variables)",
                    variable.label(),
                    e.getMessage(),
                    variable.type(),
                    variables.bytes()),
                e);
          }
        });
  }

  public boolean isDefined(Variable variable) {
    long stamp = lock.readLock();
    try {
      return variables.isDefined(variable);
    } finally {
      lock.unlockRead(stamp);
    }
  }

  /** The present value of a variable. */
  public Tensor read(Variable variable) {
    long stamp = lock.readLock();
    try {
      requireOpen();
      return variables.read(variable);
    } finally {
      lock.unlockRead(stamp);
    }
  }

  public void write(Variable variable, Tensor value) {
    if (!variable.type().equals(value.type())) {
      throw new ShapeException(
          variable.label() + " is " + variable.type() + " and cannot take " + value.type());
    }
    exclusively(
        () -> {
          variables.write(variable, value);
          packedAreCurrent = false;
        });
  }

  /** Releases variables that no executable in use refers to. */
  public void remove(List<Variable> unused) {
    exclusively(() -> unused.forEach(variables::remove));
  }

  /** Bytes that the variables take. */
  public long variableBytes() {
    long stamp = lock.readLock();
    try {
      return variables.bytes();
    } finally {
      lock.unlockRead(stamp);
    }
  }

  /**
   * Makes a graph ready to run. Its variables need be defined only when it first runs.
   *
   * @throws dev.volute.spi.BackendException if the backend cannot run a primitive of it
   */
  public Executable compile(Graph graph) {
    if (!graph.updates().isEmpty()) {
      return add(new Executable(this, Planner.plan(graph, backend), false, Optional.empty()));
    }
    Graph joined = FoldBatchNorm.apply(Simplify.apply(graph));
    Optional<Preparation> preparation = Preparation.of(joined, this::newName);
    Plan plan = Planner.plan(preparation.map(Preparation::each).orElse(joined), backend);
    Optional<PreparedValues> prepared = preparation.map(this::prepared);
    return add(new Executable(this, plan, true, prepared));
  }

  private String newName(String path) {
    return "prepared " + names.incrementAndGet() + " of " + path;
  }

  private PreparedValues prepared(Preparation preparation) {
    preparation.kept().forEach(variable -> define(variable, Tensor.zeros(variable.type())));
    List<Executable> steps =
        preparation.once().stream()
            .map(once -> new Executable(this, Planner.plan(once, backend), false, Optional.empty()))
            .toList();
    return new PreparedValues(steps, preparation.kept());
  }

  private Executable add(Executable executable) {
    exclusively(() -> executables.add(executable));
    return executable;
  }

  /** Lets go of an executable's kernels and constants. */
  public void release(Executable executable) {
    exclusively(
        () -> {
          arenas.forEach(arena -> arena.forget(executable));
          if (executables.remove(executable)) {
            executable.prepared().ifPresent(this::release);
            executable.releaseConstants();
          }
        });
  }

  private void release(PreparedValues prepared) {
    prepared
        .steps()
        .forEach(
            step -> {
              arenas.forEach(arena -> arena.forget(step));
              step.releaseConstants();
            });
    packedConstants.clear();
    arenas.forEach(Arena::forgetFrozen);
    prepared.variables().forEach(variables::remove);
  }

  boolean run(
      Executable executable,
      List<Tensor> inputs,
      List<Tensor> outputs,
      Predicate<List<Tensor>> commit) {
    checkInputs(executable, inputs);
    boolean alone = !executable.frozen();
    long stamp = alone ? lock.writeLock() : readLockOnPresentValues(executable);
    try {
      requireOpen();
      if (!executables.contains(executable)) {
        throw new IllegalStateException("The executable was released");
      }
      Arena arena = takeArena();
      try {
        Instance instance = arena.instance(executable);
        instance.compute(inputs, outputs);
        boolean accepted = commit.test(outputs);
        if (accepted && alone) {
          instance.commit();
          packedAreCurrent = false;
        }
        return accepted;
      } finally {
        synchronized (idle) {
          idle.push(arena);
        }
      }
    } finally {
      lock.unlock(stamp);
    }
  }

  /** Locks once all that was made of variables' values belongs to the present ones. */
  private long readLockOnPresentValues(Executable executable) {
    long stamp = lock.readLock();
    while (!closed && !(packedAreCurrent && isPrepared(executable))) {
      lock.unlockRead(stamp);
      exclusively(
          () -> {
            dropOutdated();
            prepare(executable);
          });
      stamp = lock.readLock();
    }
    return stamp;
  }

  private boolean isPrepared(Executable executable) {
    return !executables.contains(executable)
        || executable.prepared().map(PreparedValues::current).orElse(true);
  }

  private void dropOutdated() {
    if (!packedAreCurrent) {
      arenas.forEach(Arena::forgetFrozen);
      packedConstants.clear();
      executables.forEach(each -> each.prepared().ifPresent(PreparedValues::outdate));
      packedAreCurrent = true;
    }
  }

  private void prepare(Executable executable) {
    if (isPrepared(executable)) {
      return;
    }
    PreparedValues prepared = executable.prepared().orElseThrow();
    Arena arena = takeArena();
    try {
      for (Executable step : prepared.steps()) {
        Instance instance = arena.instance(step);
        instance.compute(List.of(), List.of());
        instance.commit();
      }
      prepared.update();
    } finally {
      prepared.steps().forEach(arena::forget);
      synchronized (idle) {
        idle.push(arena);
      }
    }
  }

  private Arena takeArena() {
    synchronized (idle) {
      Arena arena = idle.poll();
      if (arena == null) {
        arena = new Arena(backend);
        arenas.add(arena);
      }
      return arena;
    }
  }

  private static void checkInputs(Executable executable, List<Tensor> inputs) {
    List<Place> planned = executable.plan().inputs();
    boolean fits = planned.size() == inputs.size();
    for (int i = 0; fits && i < inputs.size(); i++) {
      TensorType type = inputs.get(i).type();
      fits =
          planned.get(i).dtype() == type.dtype()
              && planned.get(i).view().shape().equals(type.shape());
    }
    if (!fits) {
      throw new ShapeException(
          "The plan takes "
              + executable.inputTypes()
              + ", not "
              + inputs.stream().map(Tensor::type).toList());
    }
  }

  private void exclusively(Runnable change) {
    long stamp = lock.writeLock();
    try {
      requireOpen();
      change.run();
    } finally {
      lock.unlockWrite(stamp);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("The model is closed");
    }
  }

  /** Releases everything; waits for runs under way. A second call does nothing. */
  @Override
  public void close() {
    long stamp = lock.writeLock();
    try {
      if (!closed) {
        closed = true;
        arenas.forEach(Arena::close);
        packedConstants.clear();
        executables.forEach(Executable::releaseConstants);
        executables.forEach(
            each ->
                each.prepared()
                    .ifPresent(values -> values.steps().forEach(Executable::releaseConstants)));
        variables.close();
      }
    } finally {
      lock.unlockWrite(stamp);
    }
  }
}
