package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.dense.Factor;
import dev.volute.backend.java.dense.PackedWeight;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.recurrent.StepRows.Before;
import dev.volute.backend.java.recurrent.StepRows.Chunk;
import dev.volute.backend.java.recurrent.StepRows.Same;
import dev.volute.backend.java.recurrent.StepRows.Sequence;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.graph.Unary;
import java.util.List;

/** The stages of a step of each cell. */
final class ForwardStages {
  private final ForwardPlan plan;
  private final ForwardMemory memory;
  private final Machine machine;
  private final Sizes sizes;
  private final int units;
  private final CellFunctions functions;
  private final Before hidden;
  private final Chunk sums;
  private final StepRows gates;
  private final Sequence y;

  ForwardStages(ForwardPlan plan, ForwardMemory memory, Machine machine) {
    this.plan = plan;
    this.memory = memory;
    this.machine = machine;
    sizes = plan.sizes();
    units = sizes.units();
    functions = CellFunctions.of(machine);
    hidden = memory.hidden();
    sums = memory.sums();
    gates = memory.gates();
    y = memory.y();
  }

  List<Stage> all() {
    Stage input = input();
    Stage product =
        new ProductStage(plan.gates(), memory.recurrentWeight(), memory.gateWeight(), hidden, sums);
    return switch (sizes.cell()) {
      case TANH -> List.of(input, product, activation(Unary.Function.TANH));
      case RELU -> List.of(input, product, activation(Unary.Function.RELU));
      case LSTM -> List.of(input, product, lstm());
      case GRU -> {
        Same inner = memory.inner();
        yield List.of(input, product, reset(inner), candidate(inner, sums.from(2 * units)), gru());
      }
      case GRU_RESET_AFTER -> {
        Same inner = memory.inner();
        yield List.of(
            input, product, recurrentBias(inner), candidate(hidden, inner), gruResetAfter(inner));
      }
    };
  }

  private Stage input() {
    Factor factor = plan.inputs();
    Floats weight = memory.inputWeight();
    PackedWeight packed = memory.packedInputWeight();
    return sizes.isOverTable()
        ? new TableStage(
            factor, weight, packed, memory.bias(), memory.table(), memory.tableSums(), sums)
        : new InputStage(factor, weight, packed, memory.bias(), memory.x(), sums);
  }

  private Stage candidate(StepRows from, StepRows to) {
    Floats weight = memory.recurrentWeight().plus(sizes.shared());
    return new ProductStage(plan.candidate(), weight, memory.candidateWeight(), from, to);
  }

  private Stage activation(Unary.Function function) {
    FloatMap map = machine.simd().elementwise().unary(function);
    return new UnitStage(sizes) {
      @Override
      void run(int t, int row, int unit, int n) {
        float[] s = sums.array(t);
        int at = sums.at(row, t) + unit;
        map.run(n, y.array(t), y.at(row, t) + unit, s, at, s, at);
      }
    };
  }

  private Stage lstm() {
    Floats first = memory.firstCell();
    Same cell = memory.cell();
    return new UnitStage(sizes) {
      @Override
      public void begin(int fromColumn, int toColumn) {
        Floats to = cell.values();
        for (int row = 0; row < sizes.batch(); row++) {
          int at = row * units + fromColumn;
          System.arraycopy(
              first.array(),
              first.offset() + at,
              to.array(),
              to.offset() + at,
              toColumn - fromColumn);
        }
      }

      @Override
      void run(int t, int row, int unit, int n) {
        float[] s = sums.array(t);
        int from = sums.at(row, t) + unit;
        float[] kept = gates.array(t);
        int at = gates.at(row, t) + unit;
        functions.sigmoid(n, kept, at, s, from);
        functions.sigmoid(n, kept, at + units, s, from + units);
        functions.tanh(n, kept, at + 2 * units, s, from + 2 * units);
        functions.sigmoid(n, kept, at + 3 * units, s, from + 3 * units);
        float[] c = cell.array(t);
        int cAt = cell.at(row, t) + unit;
        functions.gates().lstm(n, kept, at, units, c, cAt);
        float[] h = y.array(t);
        int hAt = y.at(row, t) + unit;
        functions.tanh(n, h, hAt, c, cAt);
        functions.multiply().run(n, h, hAt, h, hAt, kept, at + 3 * units);
        if (plan.reserve()) {
          System.arraycopy(c, cAt, kept, at + 4 * units, n);
        }
      }
    };
  }

  private Stage reset(Same inner) {
    return new UnitStage(sizes) {
      @Override
      void run(int t, int row, int unit, int n) {
        float[] r = gates.array(t);
        int at = gates.at(row, t) + unit;
        functions.sigmoid(n, r, at, sums.array(t), sums.at(row, t) + unit);
        functions
            .multiply()
            .run(
                n,
                inner.array(t),
                inner.at(row, t) + unit,
                r,
                at,
                hidden.array(t),
                hidden.at(row, t) + unit);
      }
    };
  }

  private Stage gru() {
    return new UnitStage(sizes) {
      @Override
      void run(int t, int row, int unit, int n) {
        mix(t, row, unit, n);
      }
    };
  }

  /** From the sums of z and n to the hidden state. */
  private void mix(int t, int row, int unit, int n) {
    float[] s = sums.array(t);
    int from = sums.at(row, t) + unit;
    float[] kept = gates.array(t);
    int at = gates.at(row, t) + unit;
    functions.sigmoid(n, kept, at + units, s, from + units);
    functions.tanh(n, kept, at + 2 * units, s, from + 2 * units);
    functions
        .gates()
        .gru(
            n,
            kept,
            at,
            units,
            hidden.array(t),
            hidden.at(row, t) + unit,
            y.array(t),
            y.at(row, t) + unit);
  }

  /** The bias of the product inside the reset. */
  private Stage recurrentBias(Same inner) {
    Floats bias = memory.recurrentBias();
    return new UnitStage(sizes) {
      @Override
      void run(int t, int row, int unit, int n) {
        System.arraycopy(
            bias.array(), bias.offset() + unit, inner.array(t), inner.at(row, t) + unit, n);
      }
    };
  }

  private Stage gruResetAfter(Same inner) {
    return new UnitStage(sizes) {
      @Override
      void run(int t, int row, int unit, int n) {
        float[] s = sums.array(t);
        int from = sums.at(row, t) + unit;
        float[] kept = gates.array(t);
        int at = gates.at(row, t) + unit;
        float[] q = inner.array(t);
        int qAt = inner.at(row, t) + unit;
        functions.sigmoid(n, kept, at, s, from);
        functions.gates().reset(n, kept, at, q, qAt, s, from + 2 * units);
        mix(t, row, unit, n);
        if (plan.reserve()) {
          System.arraycopy(q, qAt, kept, at + 3 * units, n);
        }
      }
    };
  }
}
