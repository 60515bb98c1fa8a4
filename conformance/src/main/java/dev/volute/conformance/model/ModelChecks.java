package dev.volute.conformance.model;

import static dev.volute.nn.Layers.averagePool2d;
import static dev.volute.nn.Layers.batchNorm;
import static dev.volute.nn.Layers.bidirectional;
import static dev.volute.nn.Layers.conv2d;
import static dev.volute.nn.Layers.dense;
import static dev.volute.nn.Layers.dropout;
import static dev.volute.nn.Layers.embedding;
import static dev.volute.nn.Layers.flatten;
import static dev.volute.nn.Layers.globalAveragePool;
import static dev.volute.nn.Layers.gru;
import static dev.volute.nn.Layers.gruResetAfter;
import static dev.volute.nn.Layers.lstm;
import static dev.volute.nn.Layers.maxPool2d;
import static dev.volute.nn.Layers.relu;
import static dev.volute.nn.Layers.residual;

import dev.volute.conformance.rule.CheckList;
import dev.volute.conformance.rule.Rule;
import dev.volute.nn.Layer;
import dev.volute.nn.Network;
import dev.volute.nn.Padding;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import dev.volute.train.Optimizers;

/** The models that are trained. */
public final class ModelChecks {
  private ModelChecks() {}

  public static void addTo(CheckList checks) {
    TrainingRun lenet =
        new TrainingRun(
            Network.of(
                conv2d(4, 5),
                relu(),
                maxPool2d(2),
                conv2d(7, 3),
                relu(),
                maxPool2d(2),
                flatten(),
                dense(17),
                relu(),
                dense(5)),
            TensorType.f32(1, 16, 16),
            Shape.scalar(),
            5);
    add(checks, Rule.MODEL_1, "LeNet", lenet);
    // A bias before normalisation has no gradient but rounding errors, which Adam would follow.
    TrainingRun resnet =
        new TrainingRun(
            Network.of(
                conv2d(5, 3).padding(Padding.same()).withoutBias(),
                batchNorm(),
                relu(),
                residual(block(5)),
                averagePool2d(2),
                residual(block(7), conv2d(7, 1)),
                globalAveragePool(),
                dense(3)),
            TensorType.f32(2, 8, 8),
            Shape.scalar(),
            3);
    add(checks, Rule.MODEL_2, "a small ResNet", resnet);
    add(checks, Rule.MODEL_3, "an LSTM", sequence(lstm(13)));
    add(checks, Rule.MODEL_4, "a GRU with reset before", sequence(gru(13)));
    add(checks, Rule.MODEL_4, "a GRU with reset after", sequence(gruResetAfter(13)));
    Layer stack = Network.of(bidirectional(lstm(7)), bidirectional(gru(5)));
    add(checks, Rule.MODEL_6, "a bidirectional stack of LSTM and GRU", sequence(stack));
    TrainingRun masked =
        new TrainingRun(
            Network.of(dense(31), relu(), dropout(0.5), dense(7)),
            TensorType.f32(17),
            Shape.scalar(),
            7);
    add(checks, Rule.MODEL_5, "a network with dropout", masked);
    ConcurrentPrediction.addTo(checks);
  }

  private static void add(CheckList checks, Rule rule, String title, TrainingRun run) {
    checks.add(
        rule,
        title + ", " + TrainingRun.STEPS + " steps of SGD with momentum",
        subject -> run.compare(rule, subject.backend(), Optimizers.sgd(0.02, 0.9)));
    checks.add(
        rule,
        title + ", " + TrainingRun.STEPS + " steps of AdamW",
        subject -> run.compare(rule, subject.backend(), Optimizers.adamW(2e-3, 0.01)));
  }

  private static Layer block(int filters) {
    return Network.of(
        conv2d(filters, 3).padding(Padding.same()).withoutBias(),
        batchNorm(),
        relu(),
        conv2d(filters, 3).padding(Padding.same()).withoutBias(),
        batchNorm());
  }

  private static TrainingRun sequence(Layer recurrent) {
    return new TrainingRun(
        Network.of(embedding(11, 7), recurrent, dense(11)), TensorType.i32(6), Shape.of(6), 11);
  }
}
