package dev.volute.backend.java.kernel;

import dev.volute.graph.Op;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The binding of each class of op. */
public final class Bindings {
  private final Map<Class<? extends Op>, Entry<?>> entries = new HashMap<>();

  /** Says how the ops of a class run. */
  public <T extends Op> void put(Class<T> type, Binding<T> binding) {
    entries.put(type, new Entry<>(type, binding));
  }

  /** The call's op with its binding, if it is claimed. */
  public Optional<Claimed> claimed(OpCall call) {
    return Optional.ofNullable(entries.get(call.op().getClass()))
        .flatMap(entry -> entry.claimed(call));
  }

  /** A call that runs here. */
  public interface Claimed {
    Optional<String> algorithm(Machine machine);

    boolean takesChannelsLast(int input);

    boolean givesChannelsLast(int output);

    Scratch scratch(Machine machine);

    Kernel bind(Operands operands, Machine machine);
  }

  private record Entry<T extends Op>(Class<T> type, Binding<T> binding) {
    Optional<Claimed> claimed(OpCall call) {
      T op = type.cast(call.op());
      return binding.claims(op, call)
          ? Optional.of(new ClaimedCall<>(binding, op, call))
          : Optional.empty();
    }
  }

  private record ClaimedCall<T extends Op>(Binding<T> binding, T op, OpCall call)
      implements Claimed {
    @Override
    public Optional<String> algorithm(Machine machine) {
      return binding.algorithm(op, call, machine);
    }

    @Override
    public boolean takesChannelsLast(int input) {
      return binding.takesChannelsLast(op, call, input);
    }

    @Override
    public boolean givesChannelsLast(int output) {
      return binding.givesChannelsLast(op, call, output);
    }

    @Override
    public Scratch scratch(Machine machine) {
      return binding.scratch(op, call, machine);
    }

    @Override
    public Kernel bind(Operands operands, Machine machine) {
      return binding.bind(op, call, operands, machine);
    }
  }
}
