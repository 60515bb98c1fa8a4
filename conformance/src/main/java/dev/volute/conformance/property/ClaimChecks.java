package dev.volute.conformance.property;

import dev.volute.conformance.rule.CheckList;
import dev.volute.conformance.rule.NotApplicable;
import dev.volute.conformance.rule.Rule;
import dev.volute.conformance.rule.Subject;
import dev.volute.graph.Binary;
import dev.volute.graph.MatMul;
import dev.volute.graph.Op;
import dev.volute.graph.Reduce;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.graph.composite.Linear;
import dev.volute.graph.composite.MaxPool;
import dev.volute.graph.composite.PoolGeometry;
import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.RecurrentCell;
import dev.volute.graph.composite.Softmax;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendException;
import dev.volute.spi.Memory;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import dev.volute.tensor.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is not claimed is refused. */
public final class ClaimChecks {
  private ClaimChecks() {}

  /** An op that no backend can know. */
  private record Unheard() implements Op {
    @Override
    public List<TensorType> infer(List<TensorType> inputs) {
      return inputs;
    }
  }

  public static void addTo(CheckList checks) {
    checks.add(
        Rule.CLAIM_2,
        "an op of a user's",
        subject -> {
          OpCall call = OpCall.of(new Unheard(), List.of(TensorType.f32(3)));
          Answers.require(
              !subject.backend().claims(call), Rule.CLAIM_2, "an unknown op is claimed");
          refused(call, subject.backend());
        });
    for (DType dtype : List.of(DType.F64, DType.I32)) {
      for (Call call : calls()) {
        if (dtype.isFloating() || call.integers) {
          OpCall typed =
              OpCall.of(
                  call.op,
                  call.shapes.stream().map(shape -> new TensorType(dtype, shape)).toList());
          checks.add(
              Rule.CLAIM_2,
              typed.op() + " on " + typed.inputs(),
              subject -> refusedUnlessClaimed(typed, subject));
        }
      }
    }
  }

  /**
   * @param integers whether the op is defined for whole numbers
   */
  private record Call(Op op, boolean integers, List<Shape> shapes) {}

  private static List<Call> calls() {
    ConvolutionGeometry convolution =
        new ConvolutionGeometry(List.of(1, 1), List.of(0, 0), List.of(0, 0), List.of(1, 1), 1);
    PoolGeometry pool =
        new PoolGeometry(List.of(2, 2), List.of(2, 2), List.of(0, 0), List.of(0, 0));
    Shape image = Shape.of(1, 2, 4, 4);
    return List.of(
        new Call(new Binary(Binary.Function.ADD), true, List.of(Shape.of(3), Shape.of(3))),
        new Call(new Binary(Binary.Function.POWER), true, List.of(Shape.of(3), Shape.of(3))),
        new Call(new Reduce(Reduce.Function.SUM, List.of(0)), true, List.of(Shape.of(3))),
        new Call(new MatMul(1, 0), true, List.of(Shape.of(2, 3), Shape.of(3, 2))),
        new Call(
            new Linear(Activation.RELU, false), false, List.of(Shape.of(2, 3), Shape.of(3, 2))),
        new Call(
            new Convolution(convolution, false, Activation.IDENTITY),
            false,
            List.of(image, Shape.of(3, 2, 2, 2))),
        new Call(new MaxPool(pool, true), false, List.of(image)),
        new Call(
            new BatchNormTraining(1e-5, Activation.IDENTITY),
            false,
            List.of(image, Shape.of(2), Shape.of(2))),
        new Call(new Softmax(), false, List.of(Shape.of(2, 3))),
        new Call(
            new Recurrent(RecurrentCell.TANH, false),
            false,
            List.of(
                Shape.of(1, 2, 3), Shape.of(1, 4), Shape.of(3, 4), Shape.of(4, 4), Shape.of(4))));
  }

  private static void refusedUnlessClaimed(OpCall call, Subject subject) {
    if (subject.backend().claims(call)) {
      throw new NotApplicable("claimed: " + call.op() + " on " + call.inputs());
    }
    refused(call, subject.backend());
  }

  private static void refused(OpCall call, Backend backend) {
    List<Memory> memories = new ArrayList<>();
    try {
      Answers.refused(
          Rule.CLAIM_2,
          "binding " + call.op() + " on " + call.inputs(),
          BackendException.class,
          () -> {
            Operands operands =
                new Operands(
                    operands(call.inputs(), backend, memories),
                    operands(call.outputs(), backend, memories),
                    Optional.empty(),
                    (constant, form, pack) -> pack.get());
            backend.bind(call, operands).close();
          });
    } finally {
      memories.forEach(Memory::close);
    }
  }

  private static List<Operand> operands(
      List<TensorType> types, Backend backend, List<Memory> memories) {
    List<Operand> operands = new ArrayList<>();
    for (TensorType type : types) {
      Memory memory = backend.allocate(type.dtype(), type.shape().elements());
      memories.add(memory);
      operands.add(new Operand(memory, View.dense(type.shape(), 0), false));
    }
    return operands;
  }
}
