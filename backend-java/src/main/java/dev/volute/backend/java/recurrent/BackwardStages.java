package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.recurrent.StepRows.Before;
import dev.volute.backend.java.recurrent.StepRows.Same;
import dev.volute.backend.java.recurrent.StepRows.Sequence;
import dev.volute.backend.java.recurrent.StepRows.Slices;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.graph.Binary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The stages of a step back of each cell. After one that is not a product, the gradient to the
 * hidden state holds what reaches the state before past all products.
 */
final class BackwardStages {
  private final BackwardPlan plan;
  private final BackwardMemory memory;
  private final Machine machine;
  private final Sizes sizes;
  private final int units;
  private final CellFunctions functions;
  private final Sequence gradients;
  private final Same hidden;
  private final Slices sums;
  private final Before states;

  BackwardStages(BackwardPlan plan, BackwardMemory memory, Machine machine) {
    this.plan = plan;
    this.memory = memory;
    this.machine = machine;
    sizes = plan.sizes();
    units = sizes.units();
    functions = CellFunctions.of(machine);
    gradients = memory.gradients();
    hidden = memory.hiddenGradient();
    sums = memory.sums();
    states = memory.hidden();
  }

  List<Stage> all() {
    List<Stage> stages = new ArrayList<>(stepBack());
    if (!sizes.isOverTable()) {
      stages.add(
          new InputGradientStage(
              plan.inputs(),
              memory.inputWeight(),
              memory.packedInputWeight(),
              sums,
              memory.inputGradient(),
              machine));
    }
    return stages;
  }

  private List<Stage> stepBack() {
    Stage product =
        new ProductStage(plan.gates(), memory.recurrentWeight(), memory.gateWeight(), sums, hidden);
    return switch (sizes.cell()) {
      case TANH -> List.of(activation(Binary.Function.TANH_GRADIENT), product);
      case RELU -> List.of(activation(Binary.Function.RELU_GRADIENT), product);
      case LSTM -> List.of(lstm(), product);
      case GRU -> {
        Same reset = memory.reset();
        yield List.of(gru(reset), candidate(sums.from(2 * units), reset), reset(reset), product);
      }
      case GRU_RESET_AFTER -> {
        Slices inner = memory.inner();
        yield List.of(gruResetAfter(inner), product, candidate(inner, hidden));
      }
    };
  }

  private Stage candidate(StepRows from, StepRows to) {
    Floats weight = memory.recurrentWeight().plus(sizes.shared());
    return new ProductStage(plan.candidate(), weight, memory.candidateWeight(), from, to);
  }

  private Stage activation(Binary.Function function) {
    FloatMap add = machine.simd().elementwise().binary(Binary.Function.ADD);
    FloatMap derivative = machine.simd().elementwise().binary(function);
    Sequence y = memory.y();
    return new UnitStage(sizes) {
      @Override
      void run(int t, int row, int unit, int n) {
        float[] s = sums.array(t);
        int at = sums.at(row, t) + unit;
        float[] dh = hidden.array(t);
        int dhAt = hidden.at(row, t) + unit;
        add.run(n, s, at, gradients.array(t), gradients.at(row, t) + unit, dh, dhAt);
        derivative.run(n, s, at, y.array(t), y.at(row, t) + unit, s, at);
        Arrays.fill(dh, dhAt, dhAt + n, 0f);
      }
    };
  }

  private Stage lstm() {
    Sequence reserve = memory.reserve();
    Before cells = memory.cells();
    Same cell = memory.cellGradient();
    Floats last = memory.lastCellGradient();
    return new UnitStage(sizes) {
      @Override
      public void begin(int fromColumn, int toColumn) {
        Floats to = cell.values();
        for (int row = 0; row < sizes.batch(); row++) {
          int at = row * units + fromColumn;
          System.arraycopy(
              last.array(),
              last.offset() + at,
              to.array(),
              to.offset() + at,
              toColumn - fromColumn);
        }
      }

      @Override
      void run(int t, int row, int unit, int n) {
        float[] kept = reserve.array(t);
        int keptAt = reserve.at(row, t) + unit;
        int stateAt = keptAt + 4 * units;
        float[] s = sums.array(t);
        int at = sums.at(row, t) + unit;
        functions.tanh(n, s, at + 3 * units, kept, stateAt);
        functions
            .gates()
            .lstmGradient(
                n,
                kept,
                keptAt,
                units,
                cells.array(t),
                cells.at(row, t) + unit,
                gradients.array(t),
                gradients.at(row, t) + unit,
                hidden.array(t),
                hidden.at(row, t) + unit,
                cell.array(t),
                cell.at(row, t) + unit,
                s,
                at);
      }
    };
  }

  private Stage gru(Same reset) {
    Sequence reserve = memory.reserve();
    Slices inner = memory.inner();
    return new UnitStage(sizes) {
      @Override
      void run(int t, int row, int unit, int n) {
        functions
            .gates()
            .gruGradient(
                n,
                reserve.array(t),
                reserve.at(row, t) + unit,
                units,
                states.array(t),
                states.at(row, t) + unit,
                gradients.array(t),
                gradients.at(row, t) + unit,
                hidden.array(t),
                hidden.at(row, t) + unit,
                sums.array(t),
                sums.at(row, t) + unit,
                inner.array(t),
                inner.at(row, t) + unit);
        int at = reset.at(row, t) + unit;
        Arrays.fill(reset.array(t), at, at + n, 0f);
      }
    };
  }

  private Stage reset(Same reset) {
    Sequence reserve = memory.reserve();
    return new UnitStage(sizes) {
      @Override
      void run(int t, int row, int unit, int n) {
        functions
            .gates()
            .resetGradient(
                n,
                reserve.array(t),
                reserve.at(row, t) + unit,
                states.array(t),
                states.at(row, t) + unit,
                reset.array(t),
                reset.at(row, t) + unit,
                hidden.array(t),
                hidden.at(row, t) + unit,
                sums.array(t),
                sums.at(row, t) + unit);
      }
    };
  }

  private Stage gruResetAfter(Slices inner) {
    Sequence reserve = memory.reserve();
    return new UnitStage(sizes) {
      @Override
      void run(int t, int row, int unit, int n) {
        functions
            .gates()
            .gruResetAfterGradient(
                n,
                reserve.array(t),
                reserve.at(row, t) + unit,
                units,
                states.array(t),
                states.at(row, t) + unit,
                gradients.array(t),
                gradients.at(row, t) + unit,
                hidden.array(t),
                hidden.at(row, t) + unit,
                sums.array(t),
                sums.at(row, t) + unit,
                inner.array(t),
                inner.at(row, t) + unit);
      }
    };
  }
}
