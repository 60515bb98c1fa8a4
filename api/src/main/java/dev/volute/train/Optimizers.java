package dev.volute.train;

import dev.volute.VoluteException;
import dev.volute.graph.Value;
import dev.volute.graph.composite.AdamUpdate;
import dev.volute.graph.composite.SgdUpdate;
import java.util.ArrayList;
import java.util.List;

/** The usual optimizers. */
public final class Optimizers {
  private Optimizers() {}

  /** Plain gradient descent: {@code p - rate * g}. */
  public static Optimizer sgd(double learningRate) {
    return sgd(learningRate, 0, false, 0);
  }

  /** Gradient descent with momentum; see {@link SgdUpdate} for the equations. */
  public static Optimizer sgd(double learningRate, double momentum) {
    return sgd(learningRate, momentum, false, 0);
  }

  /**
   * Gradient descent; see {@link SgdUpdate} for the equations.
   *
   * @param momentum 0 to below 1; 0 keeps no velocity
   * @param nesterov looks ahead along the velocity
   * @param weightDecay share of the parameter that is added to its gradient
   * @throws VoluteException if a number is out of range
   */
  public static Optimizer sgd(
      double learningRate, double momentum, boolean nesterov, double weightDecay) {
    requireRate(learningRate);
    requireShare("momentum", momentum);
    requireDecay(weightDecay);
    return new Sgd(learningRate, new SgdUpdate(momentum, nesterov, weightDecay));
  }

  /** Adam (Kingma and Ba, 2015) with decays 0.9 and 0.999 and epsilon 1e-8. */
  public static Optimizer adam(double learningRate) {
    return adam(learningRate, 0.9, 0.999, 1e-8, 0);
  }

  /**
   * Adam; see {@link AdamUpdate} for the equations.
   *
   * @param weightDecay share of the parameter that is added to its gradient
   * @throws VoluteException if a number is out of range
   */
  public static Optimizer adam(
      double learningRate, double beta1, double beta2, double epsilon, double weightDecay) {
    return adam(learningRate, beta1, beta2, epsilon, weightDecay, false);
  }

  /**
   * AdamW (Loshchilov and Hutter, 2019): weight decay beside the gradient instead of in it.
   *
   * @throws VoluteException if a number is out of range
   */
  public static Optimizer adamW(double learningRate, double weightDecay) {
    return adam(learningRate, 0.9, 0.999, 1e-8, weightDecay, true);
  }

  private static Optimizer adam(
      double learningRate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      boolean decoupled) {
    requireRate(learningRate);
    requireShare("beta1", beta1);
    requireShare("beta2", beta2);
    requireDecay(weightDecay);
    if (!(epsilon > 0)) {
      throw new VoluteException("Adam's epsilon is above 0, not " + epsilon);
    }
    return new Adam(learningRate, new AdamUpdate(beta1, beta2, epsilon, weightDecay, decoupled));
  }

  private static void requireRate(double rate) {
    if (!(rate >= 0) || Double.isInfinite(rate)) {
      throw new VoluteException("A learning rate is a number of 0 or more, not " + rate);
    }
  }

  private static void requireShare(String name, double share) {
    if (!(share >= 0 && share < 1)) {
      throw new VoluteException(name + " lies in 0 (inclusive) to 1 (exclusive), not at " + share);
    }
  }

  private static void requireDecay(double decay) {
    if (!(decay >= 0) || Double.isInfinite(decay)) {
      throw new VoluteException("Weight decay is a number of 0 or more, not " + decay);
    }
  }

  private record Sgd(double learningRate, SgdUpdate rule) implements Optimizer {
    @Override
    public List<String> moments() {
      return rule.momentum() == 0 ? List.of() : List.of("velocity");
    }

    @Override
    public List<Value> update(
        Value parameter, Value gradient, List<Value> moments, Value learningRate, Value step) {
      List<Value> others = new ArrayList<>(List.of(gradient));
      others.addAll(moments);
      others.add(learningRate);
      return parameter.applyAll(rule, others.toArray(Value[]::new));
    }
  }

  private record Adam(double learningRate, AdamUpdate rule) implements Optimizer {
    @Override
    public List<String> moments() {
      return List.of("first moment", "second moment");
    }

    @Override
    public List<Value> update(
        Value parameter, Value gradient, List<Value> moments, Value learningRate, Value step) {
      return parameter.applyAll(rule, gradient, moments.get(0), moments.get(1), learningRate, step);
    }
  }
}
