package dev.volute.bench.kernel;

import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.graph.composite.RecurrentGradient;
import dev.volute.spi.OpCall;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Param;

/** Recurrent layers over whole sequences: their products, and the arithmetic of their gates. */
public class Recurrence extends KernelBenchmark {
  /** Weights that neither let states grow nor saturate the gates. */
  private static final double BOUND = 0.05;

  /** What is computed. */
  public enum Pass {
    /** With all that the gradient needs kept. */
    TRAINING,
    /** Through time back to the weights. */
    GRADIENT,
    /** With constant weights. */
    PREDICTION
  }

  /** The recurrence. */
  @Param({"TANH", "LSTM", "GRU", "GRU_RESET_AFTER"})
  public RecurrentCell cell = RecurrentCell.LSTM;

  /** Batch x time x features x units: training, prediction and a single step. */
  @Param({"32x100x128x256", "1x100x128x256", "1x1x128x256"})
  public String shape = "";

  /** Direction. */
  @Param public Pass pass = Pass.TRAINING;

  @Override
  Work work() {
    String[] sizes = shape.split("x");
    int batch = Integer.parseInt(sizes[0]);
    int time = Integer.parseInt(sizes[1]);
    int features = Integer.parseInt(sizes[2]);
    int units = Integer.parseInt(sizes[3]);
    int width = cell.gates() * units;
    TensorType state = TensorType.f32(batch, units);
    List<TensorType> inputs = new ArrayList<>();
    inputs.add(TensorType.f32(batch, time, features));
    inputs.add(state);
    if (cell.hasCellState()) {
      inputs.add(state);
    }
    inputs.add(TensorType.f32(features, width));
    inputs.add(TensorType.f32(units, width));
    inputs.add(TensorType.f32(width));
    if (cell.hasRecurrentBias()) {
      inputs.add(TensorType.f32(units));
    }
    return switch (pass) {
      case TRAINING -> work(new Recurrent(cell, true), inputs);
      case GRADIENT -> gradient(inputs);
      case PREDICTION -> work(new Recurrent(cell, false), inputs).withConstants();
    };
  }

  private Work gradient(List<TensorType> inputs) {
    List<TensorType> outputs = OpCall.of(new Recurrent(cell, true), inputs).outputs();
    int states = cell.hasCellState() ? 2 : 1;
    List<TensorType> all = new ArrayList<>(inputs);
    all.add(outputs.get(0));
    if (cell.reserve() > 0) {
      all.add(outputs.get(1 + states));
    }
    all.addAll(outputs.subList(0, 1 + states));
    return work(new RecurrentGradient(cell), all);
  }

  private static Work work(dev.volute.graph.Op op, List<TensorType> inputs) {
    return Work.of(op, inputs.toArray(TensorType[]::new)).between(-BOUND, BOUND);
  }
}
