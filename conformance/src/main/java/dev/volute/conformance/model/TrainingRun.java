package dev.volute.conformance.model;

import dev.volute.conformance.reference.ReferenceBackend;
import dev.volute.conformance.rule.Rule;
import dev.volute.conformance.rule.Violation;
import dev.volute.data.Batch;
import dev.volute.nn.Model;
import dev.volute.nn.Network;
import dev.volute.random.Philox;
import dev.volute.spi.Backend;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import dev.volute.train.Losses;
import dev.volute.train.Optimizer;
import dev.volute.train.Trainer;
import dev.volute.train.Training;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A network trained to classify, on made-up data.
 *
 * <p>Rounding differs from backend to backend, and training enlarges the difference from step to
 * step. Allowed are, after k steps, {@code k * 2e-5} of the loss, and at the end for each parameter
 * one hundredth of the way that the reference's has gone, both in the Euclidean norm.
 *
 * @param sample one sample
 * @param labels shape of one sample's labels
 */
record TrainingRun(Network network, TensorType sample, Shape labels, int classes) {
  static final int STEPS = 50;

  private static final int BATCH = 6;
  private static final int BATCHES = 5;
  private static final double OF_LOSS = 2e-5;
  private static final double OF_WAY = 1e-2;
  private static final long SEED = 17;

  /** What training gave. */
  private record Result(
      List<Double> losses, Map<String, Tensor> before, Map<String, Tensor> after) {}

  private Result train(Backend backend, Optimizer optimizer) {
    try (Model model = network.init(sample.shape(), backend, SEED)) {
      Map<String, Tensor> before = model.values();
      List<Double> losses = new ArrayList<>();
      try (Training training =
          Trainer.of(model)
              .loss(Losses.softmaxCrossEntropy())
              .optimizer(optimizer)
              .seed(SEED)
              .start()) {
        for (int step = 0; step < STEPS; step++) {
          losses.add(training.step(batch(step % BATCHES)));
        }
      }
      return new Result(losses, before, model.values());
    }
  }

  private Batch batch(int number) {
    Philox random = new Philox(SEED, number, 0);
    Tensor inputs = Tensor.zeros(sample.withShape(sample.shape().prepend(BATCH)));
    Tensor targets = Tensor.zeros(new TensorType(DType.I32, labels.prepend(BATCH)));
    for (int i = 0; i < inputs.length(); i++) {
      float u = random.uniform(i);
      if (sample.dtype() == DType.I32) {
        inputs.ints()[i] = (int) (u * classes);
      } else {
        inputs.floats()[i] = 2 * u - 1;
      }
    }
    for (int i = 0; i < targets.length(); i++) {
      targets.ints()[i] = (int) (random.uniform(inputs.length() + i) * classes);
    }
    return new Batch(inputs, targets);
  }

  /**
   * @throws Violation if the backend's training differs from the reference's
   */
  void compare(Rule rule, Backend backend, Optimizer optimizer) {
    Result expected;
    try (ReferenceBackend reference = new ReferenceBackend()) {
      expected = train(reference, optimizer);
    }
    Result got = train(backend, optimizer);
    if (!expected.before.equals(got.before)) {
      throw new Violation(Rule.MODEL_5, network + ": the first parameters differ");
    }
    for (int step = 0; step < STEPS; step++) {
      double loss = expected.losses.get(step);
      double error = Math.abs(got.losses.get(step) - loss);
      if (!(error <= OF_LOSS * (step + 1) * Math.abs(loss))) {
        throw new Violation(
            rule,
            "%s: loss of step %d: expected %s, got %s"
                .formatted(network, step + 1, loss, got.losses.get(step)));
      }
    }
    expected.after.forEach((path, after) -> compare(rule, expected, got, path));
  }

  private void compare(Rule rule, Result expected, Result got, String path) {
    Tensor before = expected.before.get(path);
    Tensor after = expected.after.get(path);
    double way = distance(before, after);
    double error = distance(after, got.after.get(path));
    if (!(error <= OF_WAY * way + 1e-6 * distance(after, Tensor.zeros(after.type())))) {
      throw new Violation(
          rule,
          "%s: %s went %s in %d steps, and ended %s from where it should: expected %s, got %s"
              .formatted(network, path, way, STEPS, error, after, got.after.get(path)));
    }
  }

  private static double distance(Tensor a, Tensor b) {
    double sum = 0;
    for (int i = 0; i < a.length(); i++) {
      sum += (a.get(i) - b.get(i)) * (a.get(i) - b.get(i));
    }
    return Math.sqrt(sum);
  }
}
