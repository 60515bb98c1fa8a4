package dev.volute.bench;

import static dev.volute.nn.Layers.gruResetAfter;
import static dev.volute.nn.Layers.lstm;
import static dev.volute.nn.Layers.rnn;
import static dev.volute.train.Losses.meanSquaredError;
import static dev.volute.train.Losses.softmaxCrossEntropy;
import static dev.volute.train.Optimizers.adam;
import static dev.volute.train.Optimizers.sgd;

import dev.volute.bench.Workload.Learn;
import dev.volute.bench.Workload.Predict;
import dev.volute.bench.Workload.Stream;
import dev.volute.graph.Value;
import dev.volute.nn.Network;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import dev.volute.train.Measure;
import dev.volute.train.Tally;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** The workloads by name. */
final class Workloads {
  private static final double RATE = 1e-3;
  private static final TensorType PHOTO = TensorType.f32(3, 224, 224);

  static final List<Workload> ALL =
      List.of(
          new Workload(
              "lenet-train",
              Networks.lenet(),
              TensorType.f32(1, 28, 28),
              64,
              new Learn(softmaxCrossEntropy(), adam(RATE), Optional.empty(), TensorType.i32(), 10)),
          new Workload(
              "resnet20-train",
              Networks.resNet20(),
              TensorType.f32(3, 32, 32),
              128,
              new Learn(
                  softmaxCrossEntropy(), sgd(RATE, 0.9), Optional.empty(), TensorType.i32(), 10)),
          new Workload(
              "vggblock-train",
              Networks.vggBlocks(),
              TensorType.f32(3, 32, 32),
              64,
              new Learn(
                  softmaxCrossEntropy(), sgd(RATE, 0.9), Optional.empty(), TensorType.i32(), 10)),
          new Workload(
              "lstm-charlm-train",
              Networks.characterModel(),
              TensorType.i32(100),
              32,
              new Learn(
                  softmaxCrossEntropy(), adam(RATE), Optional.of(1.0), TensorType.i32(100), 96)),
          new Workload(
              "gru-seqclass-train",
              Networks.last(gruResetAfter(128), 10),
              TensorType.f32(200, 64),
              64,
              new Learn(softmaxCrossEntropy(), adam(RATE), Optional.empty(), TensorType.i32(), 10)),
          new Workload(
              "rnn-tanh-train",
              Networks.last(rnn(64), 1),
              TensorType.f32(50, 32),
              32,
              new Learn(meanSquaredError(), sgd(RATE), Optional.empty(), TensorType.f32(1), 1)),
          new Workload(
              "lstm-large-train",
              Network.of(lstm(1024)),
              TensorType.f32(35, 512),
              20,
              new Learn(new OutputSum(), sgd(1e-6), Optional.empty(), TensorType.f32(), 1)),
          new Workload(
              "lenet-infer-b1", Networks.lenet(), TensorType.f32(1, 28, 28), 1, new Predict()),
          new Workload(
              "lenet-infer-b64", Networks.lenet(), TensorType.f32(1, 28, 28), 64, new Predict()),
          new Workload("resnet18-infer", Networks.resNet18(), PHOTO, 1, new Predict()),
          new Workload("resnet50-infer", Networks.resNet50(), PHOTO, 1, new Predict()),
          new Workload("mobilenetv2-infer", Networks.mobileNetV2(), PHOTO, 1, new Predict()),
          new Workload(
              "lstm-infer",
              Network.of(lstm(256), lstm(256)),
              TensorType.f32(100, 128),
              1,
              new Predict()),
          new Workload(
              "lstm-step",
              Network.of(lstm(256), lstm(256)),
              TensorType.f32(100, 128),
              1,
              new Stream()),
          new Workload(
              "gru-infer",
              Network.of(gruResetAfter(128)),
              TensorType.f32(200, 64),
              1,
              new Predict()));

  private Workloads() {}

  static Workload named(String name) {
    return ALL.stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There is no workload "
                        + name
                        + "; there are "
                        + ALL.stream().map(Workload::name).collect(Collectors.joining(", "))));
  }

  /** The outputs' sum, for a network that is trained without a target. */
  private record OutputSum() implements Measure {
    @Override
    public String name() {
      return "sum of outputs";
    }

    @Override
    public Tally of(Value output, Value targets) {
      return new Tally(output.sumAll(), output.filled(Shape.scalar(), 1));
    }
  }
}
