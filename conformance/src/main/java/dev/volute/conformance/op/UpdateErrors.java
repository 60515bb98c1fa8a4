package dev.volute.conformance.op;

import dev.volute.graph.composite.AdamUpdate;
import dev.volute.graph.composite.SgdUpdate;
import java.util.ArrayList;
import java.util.List;

/** Bounds of optimizers' steps: a few roundings of the sizes of what is added up. */
final class UpdateErrors {
  private UpdateErrors() {}

  static List<double[]> sgd(ErrorModel.Evaluation e) {
    SgdUpdate op = (SgdUpdate) e.call().op();
    double rate = e.inputs().get(e.inputs().size() - 1)[0];
    double[] p = e.inputs().get(0);
    double[] ofParameter = new double[p.length];
    double[] ofVelocity = new double[p.length];
    for (int i = 0; i < p.length; i++) {
      double g = Math.abs(e.inputs().get(1)[i]) + op.weightDecay() * Math.abs(p[i]);
      double v = g;
      if (op.momentum() != 0) {
        v += op.momentum() * Math.abs(e.inputs().get(2)[i]);
      }
      ofVelocity[i] = 8 * e.u() * v;
      ofParameter[i] = 4 * e.u() * Math.abs(p[i]) + 16 * e.u() * rate * (g + v);
    }
    return op.momentum() == 0 ? List.of(ofParameter) : List.of(ofParameter, ofVelocity);
  }

  /** The corrections {@code 1 - beta^step} are off by a few units, whatever the step. */
  static List<double[]> adam(ErrorModel.Evaluation e) {
    AdamUpdate op = (AdamUpdate) e.call().op();
    double[] p = e.inputs().get(0);
    double rate = e.inputs().get(4)[0];
    double step = e.inputs().get(5)[0];
    List<double[]> bounds = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      bounds.add(new double[p.length]);
    }
    for (int i = 0; i < p.length; i++) {
      double decay = op.decoupled() ? 0 : op.weightDecay() * Math.abs(p[i]);
      double g = Math.abs(e.inputs().get(1)[i]) + decay;
      double m = op.beta1() * Math.abs(e.inputs().get(2)[i]) + (1 - op.beta1()) * g;
      double v = op.beta2() * Math.abs(e.inputs().get(3)[i]) + (1 - op.beta2()) * g * g;
      double root = Math.sqrt(e.outputs().get(2)[i]) / Math.sqrt(1 - Math.pow(op.beta2(), step));
      double largest = rate * m / (1 - Math.pow(op.beta1(), step)) / (root + op.epsilon());
      // A root may lose digits where weight decay and gradient cancel.
      double lost = v / Math.max(e.outputs().get(2)[i], Double.MIN_NORMAL);
      bounds.get(0)[i] = 4 * e.u() * Math.abs(p[i]) + (32 + 8 * lost) * e.u() * largest;
      bounds.get(1)[i] = 8 * e.u() * m;
      bounds.get(2)[i] = 8 * e.u() * v;
      if (largest == 0) {
        bounds.get(0)[i] = 4 * e.u() * Math.abs(p[i]);
      }
    }
    return bounds;
  }
}
