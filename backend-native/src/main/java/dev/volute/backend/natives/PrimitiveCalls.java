package dev.volute.backend.natives;

import dev.volute.graph.Binary;
import dev.volute.graph.Fill;
import dev.volute.graph.MatMul;
import dev.volute.graph.RandomUniform;
import dev.volute.graph.Reduce;
import dev.volute.graph.Unary;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Call records of the primitives. */
final class PrimitiveCalls {
  private static final int ELEMENTWISE = 1;
  private static final int ACCUMULATE = 2;
  private static final int REDUCE = 3;
  private static final int MATMUL = 4;
  private static final int GATHER = 5;
  private static final int SCATTER_ADD = 6;
  private static final int RANDOM = 7;

  private static final int FILL = 0;
  private static final int COPY = 1;
  private static final int SELECT = 2;

  private PrimitiveCalls() {}

  static CallRecord fill(OpCall call, Operands operands) {
    return elementwise(FILL, call, operands, ((Fill) call.op()).value());
  }

  static CallRecord copy(OpCall call, Operands operands) {
    return elementwise(COPY, call, operands, 0);
  }

  static CallRecord select(OpCall call, Operands operands) {
    return elementwise(SELECT, call, operands, 0);
  }

  static CallRecord unary(OpCall call, Operands operands) {
    return elementwise(code(((Unary) call.op()).function()), call, operands, 0);
  }

  static CallRecord binary(OpCall call, Operands operands) {
    return elementwise(code(((Binary) call.op()).function()), call, operands, 0);
  }

  private static int code(Unary.Function function) {
    return switch (function) {
      case NEGATE -> 10;
      case ABS -> 11;
      case SIGN -> 12;
      case SQRT -> 13;
      case EXP -> 14;
      case LOG -> 15;
      case TANH -> 16;
      case SIGMOID -> 17;
      case RELU -> 18;
    };
  }

  private static int code(Binary.Function function) {
    return switch (function) {
      case ADD -> 30;
      case SUBTRACT -> 31;
      case MULTIPLY -> 32;
      case DIVIDE -> 33;
      case MAXIMUM -> 34;
      case MINIMUM -> 35;
      case POWER -> 36;
      case EQUAL -> 37;
      case LESS -> 38;
      case LESS_EQUAL -> 39;
      case RELU_GRADIENT -> 40;
      case TANH_GRADIENT -> 41;
      case SIGMOID_GRADIENT -> 42;
    };
  }

  private static View[] views(Operands operands) {
    return Stream.concat(operands.outputs().stream(), operands.inputs().stream())
        .map(Operand::view)
        .toArray(View[]::new);
  }

  private static CallRecord elementwise(
      int function, OpCall call, Operands operands, double value) {
    return strided(
        ELEMENTWISE, function, value, call, operands, StridedAxes.anyOrder(views(operands)));
  }

  static CallRecord accumulate(OpCall call, Operands operands) {
    return strided(ACCUMULATE, 0, 0, call, operands, StridedAxes.rowMajor(views(operands)));
  }

  private static CallRecord strided(
      int kind, int function, double value, OpCall call, Operands operands, StridedAxes axes) {
    int inputs = operands.inputs().size();
    RecordWriter writer = new RecordWriter(kind, operands);
    writer.add(function).dtype(call.output(0).dtype());
    writer.dtype(inputs == 0 ? DType.F32 : call.input(0).dtype()).number(value).add(inputs);
    writer.output(0);
    for (int i = 0; i < 3; i++) {
      writer.input(i < inputs, i);
    }
    writer.add(axes.longest(), axes.rank());
    axes.write(writer);
    return writer.finish();
  }

  static CallRecord reduce(OpCall call, Operands operands) {
    Reduce op = (Reduce) call.op();
    View in = operands.input(0).view();
    View out = operands.output(0).view();
    Shape shape = in.shape();
    // The output seen with the input's axes: the reduced ones do not move it.
    long[] outStrides = new long[shape.rank()];
    List<Integer> kept = new ArrayList<>();
    for (int axis = 0; axis < shape.rank(); axis++) {
      if (!op.axes().contains(axis)) {
        outStrides[axis] = out.stride(kept.size());
        kept.add(axis);
      }
    }
    kept.sort((a, b) -> Long.compare(Math.abs(in.stride(b)), Math.abs(in.stride(a))));
    StridedAxes over =
        StridedAxes.merged(shape, kept, new long[][] {outStrides, in.strides()}).atLeastOne();
    StridedAxes along =
        StridedAxes.merged(shape, op.axes(), new long[][] {in.strides()}).atLeastOne();
    RecordWriter writer = new RecordWriter(REDUCE, operands);
    writer.add(
        switch (op.function()) {
          case SUM -> 0L;
          case MAX -> 1L;
          case MIN -> 2L;
          case ARGMAX -> 3L;
        });
    writer.dtype(call.input(0).dtype()).output(0).input(0);
    writer.add(over.longest(), over.rank(), along.rank());
    over.write(writer);
    along.write(writer);
    return writer.finish();
  }

  /** Memory of its own for a product whose result has no unit stride. */
  static Optional<NativeMemory> productMemory(OpCall call, Operands operands) {
    View out = operands.output(0).view();
    long m = out.shape().dim(-2);
    long n = out.shape().dim(-1);
    boolean direct = out.stride(-1) == 1 || out.stride(-2) == 1 || n == 1 || m == 1;
    return direct
        ? Optional.empty()
        : Optional.of(new NativeMemory(call.output(0).dtype(), Math.max(1, m * n)));
  }

  static CallRecord matmul(OpCall call, Operands operands, Optional<NativeMemory> own) {
    MatMul op = (MatMul) call.op();
    View out = operands.output(0).view();
    View a = operands.input(0).view();
    View b = operands.input(1).view();
    boolean adds = op.beta() != 0;
    View c = adds ? operands.input(2).view() : out;
    RecordWriter writer = new RecordWriter(MATMUL, operands);
    writer.dtype(call.output(0).dtype());
    writer.add(out.shape().dim(-2), out.shape().dim(-1), a.shape().dim(-1));
    writer.number(op.alpha()).number(op.beta()).output(0).input(0).input(1).input(adds, 2);
    writer.add(own.map(memory -> memory.address(0)).orElse(0L));
    for (View view : List.of(out, a, b, c)) {
      writer.add(view.stride(-2), view.stride(-1));
    }
    List<Integer> batch = IntStream.range(0, out.shape().rank() - 2).boxed().toList();
    StridedAxes axes = StridedAxes.merged(out.shape(), batch, StridedAxes.strides(out, a, b, c));
    writer.add(axes.rank());
    axes.write(writer);
    return writer.finish();
  }

  static CallRecord gather(OpCall call, Operands operands) {
    RecordWriter writer = new RecordWriter(GATHER, operands);
    writer.dtype(call.output(0).dtype()).input(0).input(1).output(0);
    return rows(
        writer, operands.input(0).view(), operands.input(1).view(), operands.output(0).view());
  }

  static CallRecord scatterAdd(OpCall call, Operands operands) {
    RecordWriter writer = new RecordWriter(SCATTER_ADD, operands);
    writer.dtype(call.output(0).dtype()).output(0).input(0).input(1);
    return rows(
        writer, operands.output(0).view(), operands.input(0).view(), operands.input(1).view());
  }

  private static CallRecord rows(RecordWriter writer, View table, View indices, View values) {
    int indexRank = indices.shape().rank();
    int rowRank = table.shape().rank() - 1;
    long[] valueOfIndex = new long[indexRank];
    for (int axis = 0; axis < indexRank; axis++) {
      valueOfIndex[axis] = values.stride(axis);
    }
    long[] valueOfRow = new long[rowRank];
    long[] tableOfRow = new long[rowRank];
    for (int axis = 0; axis < rowRank; axis++) {
      valueOfRow[axis] = values.stride(indexRank + axis);
      tableOfRow[axis] = table.stride(1 + axis);
    }
    StridedAxes index =
        StridedAxes.merged(
            indices.shape(),
            IntStream.range(0, indexRank).boxed().toList(),
            new long[][] {indices.strides(), valueOfIndex});
    StridedAxes row =
        StridedAxes.merged(
                table.shape().slice(1, rowRank + 1),
                IntStream.range(0, rowRank).boxed().toList(),
                new long[][] {valueOfRow, tableOfRow})
            .atLeastOne();
    writer.add(table.shape().dim(0), table.stride(0), index.rank(), row.rank());
    index.write(writer);
    row.write(writer);
    return writer.finish();
  }

  static CallRecord random(OpCall call, Operands operands) {
    RecordWriter writer = new RecordWriter(RANDOM, operands);
    View out = operands.output(0).view();
    writer.output(0).nothing().input(0).add(operands.input(0).view().stride(0));
    writer.add(((RandomUniform) call.op()).stream()).number(0);
    StridedAxes axes = StridedAxes.rowMajor(out);
    writer.add(out.isDense()).add(axes.rank());
    axes.write(writer);
    return writer.finish();
  }
}
