package dev.volute.bench;

import dev.volute.data.Batch;
import dev.volute.nn.Model;
import dev.volute.nn.Network;
import dev.volute.nn.Program;
import dev.volute.nn.StreamSession;
import dev.volute.random.Philox;
import dev.volute.spi.Backend;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import dev.volute.train.Measure;
import dev.volute.train.Optimizer;
import dev.volute.train.Trainer;
import dev.volute.train.Training;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A network with synthetic data for it.
 *
 * @param sample type of one sample
 * @param batch number of samples
 * @param task what is done with the network
 */
record Workload(String name, Network network, TensorType sample, int batch, Task task) {
  private static final long SEED = 1;

  /** What is done with a network. */
  sealed interface Task {}

  /**
   * Training steps.
   *
   * @param target type of one sample's target
   * @param classes that integer targets, and integer samples, are drawn from
   */
  record Learn(
      Measure loss, Optimizer optimizer, Optional<Double> clip, TensorType target, int classes)
      implements Task {}

  /** Predictions for whole batches. */
  record Predict() implements Task {}

  /** Single time steps with carried states. */
  record Stream() implements Task {}

  Run open(Backend backend) {
    Model model = network.init(sample.shape(), backend, SEED);
    if (task instanceof Learn learn) {
      return learning(model, learn);
    }
    return task instanceof Predict ? predicting(model) : streaming(model);
  }

  private Run learning(Model model, Learn learn) {
    Trainer trainer = Trainer.of(model).loss(learn.loss()).optimizer(learn.optimizer()).seed(SEED);
    learn.clip().ifPresent(trainer::clipGradients);
    Training training = trainer.start();
    Batch data =
        new Batch(
            numbers(sample, batch, learn.classes(), 1),
            numbers(learn.target(), batch, learn.classes(), 2));
    return new Run() {
      @Override
      public double once() {
        return training.step(data);
      }

      @Override
      public long plannedBytes() {
        return training.peakBytes(data) + model.variableBytes();
      }

      @Override
      public void close() {
        training.close();
        model.close();
      }
    };
  }

  private Run predicting(Model model) {
    Tensor data = numbers(sample, batch, 1, 1);
    Program program = model.predictor(data.type());
    List<Tensor> inputs = List.of(data);
    List<Tensor> outputs = program.newOutputs();
    return new Run() {
      @Override
      public double once() {
        program.run(inputs, outputs, accepted -> true);
        return outputs.get(0).get(0);
      }

      @Override
      public long plannedBytes() {
        return program.peakBytes() + model.variableBytes();
      }

      @Override
      public void close() {
        model.close();
      }
    };
  }

  private Run streaming(Model model) {
    Shape shape = sample.shape();
    Tensor step = numbers(sample.withShape(shape.slice(1, shape.rank())), batch, 1, 1);
    StreamSession session = model.stream(batch);
    return new Run() {
      @Override
      public double once() {
        return session.step(step).get(0);
      }

      @Override
      public long plannedBytes() {
        return session.peakBytes() + model.variableBytes();
      }

      @Override
      public void close() {
        model.close();
      }
    };
  }

  /** Uniform numbers: in 0 .. 1, or the classes if integers are wanted. */
  private static Tensor numbers(TensorType sample, int batch, int classes, int stream) {
    TensorType type = sample.withShape(sample.shape().prepend(batch));
    Philox random = new Philox(SEED, stream, 0);
    Tensor values = Tensor.zeros(type);
    if (type.dtype() == DType.I32) {
      Arrays.setAll(values.ints(), i -> random.integer(i, classes));
    } else {
      random.uniforms(values.floats(), 0, values.length());
    }
    return values;
  }
}
