package dev.volute.conformance.reference;

import dev.volute.graph.composite.AdamUpdate;
import dev.volute.graph.composite.SgdUpdate;
import dev.volute.spi.Kernel;
import java.util.List;

/** Steps of optimizers, as the ops' records state them. Outputs may lie in the inputs' places. */
final class Updates {
  private Updates() {}

  static Kernel sgd(SgdUpdate op, List<Elements> inputs, List<Elements> outputs) {
    Elements rate = inputs.get(inputs.size() - 1);
    return () -> {
      for (int i = 0; i < outputs.get(0).size(); i++) {
        double p = inputs.get(0).get(i);
        double g = inputs.get(1).get(i) + op.weightDecay() * p;
        double step = g;
        if (op.momentum() != 0) {
          double v = op.momentum() * inputs.get(2).get(i) + g;
          step = op.nesterov() ? g + op.momentum() * v : v;
          outputs.get(1).set(i, v);
        }
        outputs.get(0).set(i, p - rate.get(0) * step);
      }
    };
  }

  static Kernel adam(AdamUpdate op, List<Elements> inputs, List<Elements> outputs) {
    return () -> {
      double rate = inputs.get(4).get(0);
      double step = inputs.get(5).get(0);
      for (int i = 0; i < outputs.get(0).size(); i++) {
        double p = inputs.get(0).get(i);
        double g = inputs.get(1).get(i);
        if (op.decoupled()) {
          p *= 1 - rate * op.weightDecay();
        } else {
          g += op.weightDecay() * p;
        }
        double m = op.beta1() * inputs.get(2).get(i) + (1 - op.beta1()) * g;
        double v = op.beta2() * inputs.get(3).get(i) + (1 - op.beta2()) * g * g;
        double mean = m / (1 - Math.pow(op.beta1(), step));
        double root = Math.sqrt(v) / Math.sqrt(1 - Math.pow(op.beta2(), step));
        outputs.get(0).set(i, p - rate * mean / (root + op.epsilon()));
        outputs.get(1).set(i, m);
        outputs.get(2).set(i, v);
      }
    };
  }
}
