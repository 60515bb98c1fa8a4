package dev.volute.graph.composite;

import dev.volute.graph.Value;
import dev.volute.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A {@link RecurrentGradient} written out step by step, from the last to the first. A name with
 * {@code d} in front is the gradient to what the name says.
 */
final class RecurrentStepsBack {
  private final RecurrentCell cell;
  private final List<Value> inputs;
  private final Value x;
  private final Value h0;
  private final Value wx;
  private final Value wh;
  private final Value y;
  private final Value reserve;
  private final Value dy;
  private final int batch;
  private final int time;
  private final int units;

  RecurrentStepsBack(RecurrentCell cell, List<Value> inputs) {
    this.cell = cell;
    this.inputs = inputs;
    x = inputs.get(0);
    h0 = inputs.get(1);
    batch = x.shape().dim(0);
    time = x.shape().dim(1);
    units = h0.shape().dim(1);
    int weights = cell.hasCellState() ? 3 : 2;
    wx = inputs.get(weights);
    wh = inputs.get(weights + 1);
    int next = cell.inputs();
    y = inputs.get(next++);
    // Cells without a reserve find all they need in their outputs.
    reserve = cell.reserve() > 0 ? inputs.get(next++) : y;
    dy = inputs.get(next);
  }

  /**
   * What one step gives back.
   *
   * @param sums gradient to the gates' sums {@code x @ wx + ...}: {@code [batch, gates * units]}
   * @param products gradient to what was multiplied by the recurrent weight's columns
   * @param dh gradient to the hidden state before the step
   * @param dc gradient to the cell state before the step
   */
  private record Step(Value sums, Value products, Value dh, Value dc) {}

  /** Gradients to the forward inputs, in their order. */
  List<Value> outputs() {
    int last = inputs.size() - 1;
    Value dh = inputs.get(cell.hasCellState() ? last - 1 : last);
    Value dc = inputs.get(last);
    List<Value> sums = new ArrayList<>();
    List<Value> products = new ArrayList<>();
    for (int t = time - 1; t >= 0; t--) {
      Step step = step(t, dh.add(dy.at(1, t)), dc);
      dh = step.dh;
      dc = step.dc;
      sums.add(step.sums);
      products.add(step.products);
    }
    Collections.reverse(sums);
    Collections.reverse(products);
    Value dSums = rows(RecurrentSteps.inTime(x, sums, batch, width()));
    Value dProducts = rows(RecurrentSteps.inTime(x, products, batch, width()));

    List<Value> outputs = new ArrayList<>();
    outputs.add(dSums.matmul(wx.transpose()).reshape(x.shape()));
    outputs.add(dh);
    if (cell.hasCellState()) {
      outputs.add(dc);
    }
    outputs.add(rows(x).transpose().matmul(dSums));
    outputs.add(recurrentWeight(dProducts));
    outputs.add(dSums.sum(0));
    if (cell.hasRecurrentBias()) {
      outputs.add(dProducts.slice(1, 2 * units, 3 * units).sum(0));
    }
    return outputs;
  }

  private int width() {
    return cell.gates() * units;
  }

  /** {@code [batch, time, n]} as {@code [batch * time, n]}. */
  private Value rows(Value sequence) {
    return sequence.reshape(Shape.of(batch * time, sequence.shape().dim(2)));
  }

  /** The transposed product of what the recurrent weight met, for all steps at once. */
  private Value recurrentWeight(Value dProducts) {
    List<Value> before = new ArrayList<>();
    for (int t = 0; t < time; t++) {
      before.add(hiddenBefore(t));
    }
    Value met = rows(RecurrentSteps.inTime(x, before, batch, units));
    if (cell != RecurrentCell.GRU) {
      return met.transpose().matmul(dProducts);
    }
    // The candidate's columns met the hidden state after the reset.
    Value reset = rows(reserve).slice(1, 0, units).multiply(met);
    return RecurrentSteps.columns(
        List.of(
            met.transpose().matmul(dProducts.slice(1, 0, 2 * units)),
            reset.transpose().matmul(dProducts.slice(1, 2 * units, 3 * units))));
  }

  private Value hiddenBefore(int t) {
    return t == 0 ? h0 : y.at(1, t - 1);
  }

  /** One of the values that the forward pass kept: {@code [batch, units]}. */
  private Value kept(int t, int which) {
    return reserve.at(1, t).slice(1, which * units, (which + 1) * units);
  }

  /** The recurrent weight's columns of some gates, transposed. */
  private Value back(int from, int to) {
    return wh.slice(1, from * units, to * units).transpose();
  }

  private Step step(int t, Value dh, Value dc) {
    return switch (cell) {
      case TANH -> simple(y.at(1, t).tanhGradient(dh), dc);
      case RELU -> simple(y.at(1, t).reluGradient(dh), dc);
      case LSTM -> lstm(t, dh, dc);
      case GRU -> gru(t, dh, dc);
      case GRU_RESET_AFTER -> gruResetAfter(t, dh, dc);
    };
  }

  private Step simple(Value dSum, Value dc) {
    return new Step(dSum, dSum, dSum.matmul(wh.transpose()), dc);
  }

  private Step lstm(int t, Value dh, Value dcAfter) {
    Value i = kept(t, 0);
    Value f = kept(t, 1);
    Value g = kept(t, 2);
    Value o = kept(t, 3);
    Value tanhC = kept(t, 4).tanh();
    Value before = t == 0 ? inputs.get(2) : kept(t - 1, 4);
    Value dc = dcAfter.add(tanhC.tanhGradient(dh.multiply(o)));
    Value sums =
        columns(
            i.sigmoidGradient(dc.multiply(g)),
            f.sigmoidGradient(dc.multiply(before)),
            g.tanhGradient(dc.multiply(i)),
            o.sigmoidGradient(dh.multiply(tanhC)));
    return new Step(sums, sums, sums.matmul(wh.transpose()), dc.multiply(f));
  }

  private Step gru(int t, Value dh, Value dc) {
    Value h = hiddenBefore(t);
    Value r = kept(t, 0);
    Value z = kept(t, 1);
    Value n = kept(t, 2);
    Value dn = n.tanhGradient(dh.multiply(RecurrentSteps.complement(z)));
    Value dz = z.sigmoidGradient(dh.multiply(h.subtract(n)));
    Value dReset = dn.matmul(back(2, 3));
    Value dr = r.sigmoidGradient(dReset.multiply(h));
    Value sums = columns(dr, dz, dn);
    Value dhBefore = dh.multiply(z).add(dReset.multiply(r)).add(columns(dr, dz).matmul(back(0, 2)));
    return new Step(sums, sums, dhBefore, dc);
  }

  private Step gruResetAfter(int t, Value dh, Value dc) {
    Value h = hiddenBefore(t);
    Value r = kept(t, 0);
    Value z = kept(t, 1);
    Value n = kept(t, 2);
    Value q = kept(t, 3);
    Value dn = n.tanhGradient(dh.multiply(RecurrentSteps.complement(z)));
    Value dz = z.sigmoidGradient(dh.multiply(h.subtract(n)));
    Value dr = r.sigmoidGradient(dn.multiply(q));
    Value products = columns(dr, dz, dn.multiply(r));
    Value dhBefore = dh.multiply(z).add(products.matmul(wh.transpose()));
    return new Step(columns(dr, dz, dn), products, dhBefore, dc);
  }

  private static Value columns(Value... values) {
    return RecurrentSteps.columns(Arrays.asList(values));
  }
}
