package dev.volute.conformance.reference;

import dev.volute.graph.composite.RecurrentCell;
import dev.volute.graph.composite.RecurrentGradient;
import dev.volute.spi.Kernel;
import java.util.List;

/**
 * Back-propagation through time: the chain rule applied to the equations of {@link
 * RecurrentForward}, from the last step to the first. A name with {@code d} in front is the
 * gradient to what the name says.
 */
final class RecurrentBackward {
  private final Recurrence in;
  private final Elements y;
  private final Elements reserve;
  private final List<Elements> inputs;
  private final Elements dx;
  private final Elements dwx;
  private final Elements dwh;
  private final Elements db;
  private final List<Elements> outputs;

  private RecurrentBackward(RecurrentCell cell, List<Elements> inputs, List<Elements> outputs) {
    this.inputs = inputs;
    this.outputs = outputs;
    in = Recurrence.of(cell, inputs);
    y = inputs.get(cell.inputs());
    reserve = inputs.get(cell.inputs() + (cell.reserve() > 0 ? 1 : 0));
    int weights = cell.hasCellState() ? 3 : 2;
    dx = outputs.get(0);
    dwx = outputs.get(weights);
    dwh = outputs.get(weights + 1);
    db = outputs.get(weights + 2);
  }

  static Kernel kernel(RecurrentGradient op, List<Elements> inputs, List<Elements> outputs) {
    RecurrentBackward backward = new RecurrentBackward(op.cell(), inputs, outputs);
    return () -> {
      outputs.forEach(Elements::clear);
      for (int n = 0; n < backward.in.batch(); n++) {
        backward.sequence(n);
      }
    };
  }

  private void sequence(int n) {
    int last = inputs.size() - 1;
    boolean hasCellState = in.cell().hasCellState();
    Elements dy = inputs.get(hasCellState ? last - 2 : last - 1);
    double[] dh = Recurrence.row(inputs.get(hasCellState ? last - 1 : last), n);
    double[] dc = Recurrence.row(inputs.get(last), n);
    for (int t = in.time() - 1; t >= 0; t--) {
      double[] dNow = Recurrence.step(dy, n, t);
      for (int j = 0; j < dh.length; j++) {
        dNow[j] += dh[j];
      }
      double[] before = t == 0 ? Recurrence.row(in.h0(), n) : Recurrence.step(y, n, t - 1);
      double[] dSums = new double[in.width()];
      dh =
          switch (in.cell()) {
            case TANH, RELU -> simple(Recurrence.step(y, n, t), before, dNow, dSums);
            case LSTM -> lstm(n, t, before, dNow, dc, dSums);
            case GRU -> gru(kept(n, t), before, dNow, dSums);
            case GRU_RESET_AFTER -> gruResetAfter(kept(n, t), before, dNow, dSums);
          };
      throughInputs(n, t, dSums);
    }
    for (int j = 0; j < in.units(); j++) {
      outputs.get(1).set(n * in.units() + j, dh[j]);
      if (hasCellState) {
        outputs.get(2).set(n * in.units() + j, dc[j]);
      }
    }
  }

  /** What the forward pass kept of a step: one array of the units for each value. */
  private double[][] kept(int n, int t) {
    double[] row = Recurrence.step(reserve, n, t);
    double[][] kept = new double[in.cell().reserve()][in.units()];
    for (int i = 0; i < row.length; i++) {
      kept[i / in.units()][i % in.units()] = row[i];
    }
    return kept;
  }

  /** Carries gradients to the sums {@code x @ wx + ... + b} on to x, wx and b. */
  private void throughInputs(int n, int t, double[] dSums) {
    double[] x = Recurrence.step(in.x(), n, t);
    for (int column = 0; column < dSums.length; column++) {
      db.add(column, dSums[column]);
      for (int i = 0; i < x.length; i++) {
        int weight = i * in.width() + column;
        dwx.add(weight, x[i] * dSums[column]);
        dx.add((n * in.time() + t) * x.length + i, in.wx().get(weight) * dSums[column]);
      }
    }
  }

  /**
   * Carries gradients to {@code met @ wh}, in the columns of some gates, on to wh.
   *
   * @param dProducts gradients to the columns from gate {@code from} on
   * @return the gradient to {@code met}
   */
  private double[] throughRecurrent(double[] met, int from, double[] dProducts) {
    double[] dMet = new double[met.length];
    for (int i = 0; i < met.length; i++) {
      for (int j = 0; j < dProducts.length; j++) {
        int weight = i * in.width() + from * in.units() + j;
        dwh.add(weight, met[i] * dProducts[j]);
        dMet[i] += in.wh().get(weight) * dProducts[j];
      }
    }
    return dMet;
  }

  private double[] simple(double[] h, double[] before, double[] dh, double[] dSums) {
    for (int j = 0; j < h.length; j++) {
      double slope =
          switch (in.cell()) {
            case RELU -> h[j] > 0 ? 1 : 0;
            default -> 1 - h[j] * h[j];
          };
      dSums[j] = slope * dh[j];
    }
    return throughRecurrent(before, 0, dSums);
  }

  /**
   * @param dc gradient to the cell state after the step; becomes that to the one before
   */
  private double[] lstm(int n, int t, double[] before, double[] dh, double[] dc, double[] dSums) {
    int units = in.units();
    double[][] kept = kept(n, t);
    double[] cBefore = t == 0 ? Recurrence.row(in.c0(), n) : kept(n, t - 1)[4];
    for (int j = 0; j < units; j++) {
      double i = kept[0][j];
      double f = kept[1][j];
      double g = kept[2][j];
      double o = kept[3][j];
      double tanhC = Math.tanh(kept[4][j]);
      dc[j] += dh[j] * o * (1 - tanhC * tanhC);
      dSums[j] = dc[j] * g * i * (1 - i);
      dSums[units + j] = dc[j] * cBefore[j] * f * (1 - f);
      dSums[2 * units + j] = dc[j] * i * (1 - g * g);
      dSums[3 * units + j] = dh[j] * tanhC * o * (1 - o);
      dc[j] *= f;
    }
    return throughRecurrent(before, 0, dSums);
  }

  private double[] gru(double[][] kept, double[] before, double[] dh, double[] dSums) {
    int units = in.units();
    double[] dn = new double[units];
    double[] reset = new double[units];
    for (int j = 0; j < units; j++) {
      double r = kept[0][j];
      double z = kept[1][j];
      double n = kept[2][j];
      dn[j] = dh[j] * (1 - z) * (1 - n * n);
      dSums[units + j] = dh[j] * (before[j] - n) * z * (1 - z);
      dSums[2 * units + j] = dn[j];
      reset[j] = r * before[j];
    }
    double[] dReset = throughRecurrent(reset, 2, dn);
    for (int j = 0; j < units; j++) {
      double r = kept[0][j];
      dSums[j] = dReset[j] * before[j] * r * (1 - r);
    }
    double[] dBefore = throughRecurrent(before, 0, java.util.Arrays.copyOf(dSums, 2 * units));
    for (int j = 0; j < units; j++) {
      dBefore[j] += dh[j] * kept[1][j] + dReset[j] * kept[0][j];
    }
    return dBefore;
  }

  private double[] gruResetAfter(double[][] kept, double[] before, double[] dh, double[] dSums) {
    int units = in.units();
    double[] dProducts = new double[3 * units];
    Elements dbh = outputs.get(outputs.size() - 1);
    for (int j = 0; j < units; j++) {
      double r = kept[0][j];
      double z = kept[1][j];
      double n = kept[2][j];
      double dn = dh[j] * (1 - z) * (1 - n * n);
      dSums[j] = dn * kept[3][j] * r * (1 - r);
      dSums[units + j] = dh[j] * (before[j] - n) * z * (1 - z);
      dSums[2 * units + j] = dn;
      dProducts[j] = dSums[j];
      dProducts[units + j] = dSums[units + j];
      dProducts[2 * units + j] = dn * r;
      dbh.add(j, dn * r);
    }
    double[] dBefore = throughRecurrent(before, 0, dProducts);
    for (int j = 0; j < units; j++) {
      dBefore[j] += dh[j] * kept[1][j];
    }
    return dBefore;
  }
}
