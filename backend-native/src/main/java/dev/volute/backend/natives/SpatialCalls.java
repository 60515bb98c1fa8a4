package dev.volute.backend.natives;

import dev.volute.graph.Op;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.AveragePool;
import dev.volute.graph.composite.AveragePoolGradient;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionFilterGradient;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.graph.composite.MaxPool;
import dev.volute.graph.composite.MaxPoolGradient;
import dev.volute.graph.composite.PoolGeometry;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Call records of the ops over images with two spatial axes. */
final class SpatialCalls {
  private static final int LANES = 16;
  static final int CONVOLUTION = 9;
  private static final int CONVOLUTION_INPUT_GRADIENT = 10;
  private static final int CONVOLUTION_FILTER_GRADIENT = 11;
  static final int PACK_FILTERS = 28;
  private static final int MAX_POOL = 12;
  private static final int MAX_POOL_GRADIENT = 13;
  private static final int AVERAGE_POOL = 14;
  private static final int AVERAGE_POOL_GRADIENT = 15;

  private static final Set<Class<? extends Op>> POOLS =
      Set.of(MaxPool.class, MaxPoolGradient.class, AveragePool.class, AveragePoolGradient.class);

  private final Map<Class<? extends Op>, CompositeCalls.Recorder> recorders =
      Map.of(
          Convolution.class, this::convolution,
          ConvolutionInputGradient.class, this::inputGradient,
          ConvolutionFilterGradient.class, this::filterGradient,
          MaxPool.class, SpatialCalls::maxPool,
          MaxPoolGradient.class, SpatialCalls::maxPoolGradient,
          AveragePool.class, SpatialCalls::averagePool,
          AveragePoolGradient.class, SpatialCalls::averagePoolGradient);

  private final boolean minimalFiltering;

  /**
   * @param minimalFiltering whether convolutions may be computed that way
   */
  SpatialCalls(boolean minimalFiltering) {
    this.minimalFiltering = minimalFiltering;
  }

  Optional<CompositeCalls.Recorder> recorder(OpCall call) {
    return Optional.ofNullable(recorders.get(call.op().getClass()))
        .filter(recorder -> call.input(call.inputs().size() > 1 ? 1 : 0).shape().rank() == 4);
  }

  /** Begins a record of a convolution with its sizes. */
  static RecordWriter convolution(
      int kind,
      Optional<Operands> operands,
      ConvolutionGeometry geometry,
      Shape image,
      Shape filter,
      Activation activation) {
    Shape out = geometry.output(image, filter);
    RecordWriter writer = new RecordWriter(kind, operands).dims(image);
    writer.add(filter.dim(0), filter.dim(2), filter.dim(3), geometry.groups());
    writer.dims(out.slice(2, 4));
    for (List<Integer> each :
        List.of(geometry.strides(), geometry.padBefore(), geometry.dilations())) {
      writer.add(each.get(0), each.get(1));
    }
    return writer.add(CompositeCalls.code(activation));
  }

  private CallRecord convolution(OpCall call, Optional<Operands> operands) {
    return finish(call, forward(CONVOLUTION, call, operands).scratch().add(false));
  }

  /** Packs the filters of a convolution into {@code target}. */
  CallRecord packFilters(OpCall call, Operands operands, NativeMemory target) {
    return finish(
        call, forward(PACK_FILTERS, call, Optional.of(operands)).add(target.address(0)).add(true));
  }

  /** A convolution with its filters packed before. */
  CallRecord packedConvolution(OpCall call, Operands operands, NativeMemory filters) {
    return finish(
        call, forward(CONVOLUTION, call, Optional.of(operands)).add(filters.address(0)).add(true));
  }

  private static RecordWriter forward(int kind, OpCall call, Optional<Operands> operands) {
    Convolution op = (Convolution) call.op();
    Shape image = call.input(0).shape();
    Shape filter = call.input(1).shape();
    return convolution(kind, operands, op.geometry(), image, filter, op.activation())
        .input(0)
        .input(1)
        .input(op.bias(), 2)
        .output(0);
  }

  /**
   * An image that joins a convolution's sums.
   *
   * @param given whether there is one
   */
  record Beside(boolean given, int input, boolean channelsLast) {
    static final Beside NONE = new Beside(false, 0, false);

    static Beside of(boolean given, int input, OpCall call) {
      return new Beside(
          given, input, given && call.inputFormat(input) == MemoryFormat.CHANNELS_LAST);
    }
  }

  /** Ends a record of a convolution: what joins the sums, and the formats of all images. */
  static RecordWriter end(
      RecordWriter writer,
      MemoryFormat x,
      MemoryFormat y,
      Beside residual,
      Beside result,
      boolean plainSums) {
    return writer
        .input(residual.given(), residual.input())
        .input(result.given(), result.input())
        .add(x == MemoryFormat.CHANNELS_LAST)
        .add(y == MemoryFormat.CHANNELS_LAST)
        .add(residual.channelsLast())
        .add(result.channelsLast())
        .add(plainSums);
  }

  /** Ends a record of a convolution forward. */
  private CallRecord finish(OpCall call, RecordWriter writer) {
    Convolution op = (Convolution) call.op();
    Beside residual = Beside.of(op.residual(), op.residualInput(), call);
    return end(
            writer,
            call.inputFormat(0),
            call.outputFormat(0),
            residual,
            Beside.NONE,
            !minimalFiltering)
        .finish();
  }

  /** Whether an image that is read may lie channels last, whatever the others do. */
  boolean takesChannelsLast(OpCall call, int input) {
    boolean filters =
        call.op() instanceof Convolution it && (input == 1 || it.bias() && input == 2)
            || call.op() instanceof ConvolutionInputGradient && input == 0;
    return !filters && takesChannelsLast(call);
  }

  /** Whether the result may lie channels last: if it is no gradient to filters. */
  boolean givesChannelsLast(OpCall call) {
    return !(call.op() instanceof ConvolutionFilterGradient) && takesChannelsLast(call);
  }

  /**
   * Pooling and its gradients do, and convolutions whose algorithm for images that lie so takes any
   * mixture.
   */
  private boolean takesChannelsLast(OpCall call) {
    if (recorder(call).isEmpty()) {
      return false;
    }
    if (POOLS.contains(call.op().getClass())) {
      // Fewer channels than lanes leave lanes idle that pixels of a plane fill.
      return call.output(0).shape().dim(1) % LANES == 0;
    }
    if (call.op() instanceof ConvolutionFilterGradient) {
      return true;
    }
    if (!(call.op() instanceof Convolution || call.op() instanceof ConvolutionInputGradient)) {
      return false;
    }
    List<MemoryFormat> formats =
        Collections.nCopies(call.inputs().size(), MemoryFormat.CHANNELS_LAST);
    OpCall last = call.in(formats, List.of(MemoryFormat.CHANNELS_LAST));
    return recorders.get(call.op().getClass()).record(last, Optional.empty()).takesChannelsLast();
  }

  private CallRecord inputGradient(OpCall call, Optional<Operands> operands) {
    ConvolutionInputGradient op = (ConvolutionInputGradient) call.op();
    Shape filter = call.input(0).shape();
    boolean activated = op.activation() != Activation.IDENTITY;
    RecordWriter writer =
        convolution(
                CONVOLUTION_INPUT_GRADIENT,
                operands,
                op.geometry(),
                op.image(),
                filter,
                op.activation())
            .output(0)
            .input(0)
            .nothing()
            .input(1)
            .scratch()
            .add(false);
    return end(
            writer,
            call.outputFormat(0),
            call.inputFormat(1),
            Beside.of(op.residual(), ConvolutionInputGradient.RESIDUAL_INPUT, call),
            Beside.of(activated, op.resultInput(), call),
            !minimalFiltering)
        .finish();
  }

  private CallRecord filterGradient(OpCall call, Optional<Operands> operands) {
    ConvolutionFilterGradient op = (ConvolutionFilterGradient) call.op();
    Shape image = call.input(0).shape();
    RecordWriter writer =
        convolution(
                CONVOLUTION_FILTER_GRADIENT,
                operands,
                op.geometry(),
                image,
                op.filter(),
                Activation.IDENTITY)
            .input(0)
            .output(0)
            .nothing()
            .input(1)
            .scratch()
            .add(false);
    return end(
            writer,
            call.inputFormat(0),
            call.inputFormat(1),
            Beside.NONE,
            Beside.NONE,
            !minimalFiltering)
        .finish();
  }

  private static RecordWriter pool(
      int kind,
      Optional<Operands> operands,
      PoolGeometry geometry,
      Shape image,
      boolean countPadding) {
    RecordWriter writer = new RecordWriter(kind, operands);
    writer.add((long) image.dim(0) * image.dim(1)).dims(image.slice(2, 4));
    writer.dims(geometry.output(image).slice(2, 4));
    for (List<Integer> each :
        List.of(geometry.window(), geometry.strides(), geometry.padBefore())) {
      writer.add(each.get(0), each.get(1));
    }
    return writer.add(countPadding);
  }

  /** Ends a record with the channels and the formats of image, result and places. */
  private static CallRecord formats(
      RecordWriter writer, Shape image, MemoryFormat x, MemoryFormat y, MemoryFormat places) {
    writer.add(image.dim(1));
    for (MemoryFormat format : List.of(x, y, places)) {
      writer.add(format == MemoryFormat.CHANNELS_LAST);
    }
    return writer.finish();
  }

  private static CallRecord maxPool(OpCall call, Optional<Operands> operands) {
    MaxPool op = (MaxPool) call.op();
    Shape image = call.input(0).shape();
    MemoryFormat y = call.outputFormat(0);
    return formats(
        pool(MAX_POOL, operands, op.geometry(), image, false)
            .input(0)
            .output(0)
            .output(op.indices(), 1),
        image,
        call.inputFormat(0),
        y,
        op.indices() ? call.outputFormat(1) : y);
  }

  private static CallRecord maxPoolGradient(OpCall call, Optional<Operands> operands) {
    MaxPoolGradient op = (MaxPoolGradient) call.op();
    return formats(
        pool(MAX_POOL_GRADIENT, operands, op.geometry(), op.image(), false)
            .output(0)
            .input(1)
            .input(0),
        op.image(),
        call.outputFormat(0),
        call.inputFormat(1),
        call.inputFormat(0));
  }

  private static CallRecord averagePool(OpCall call, Optional<Operands> operands) {
    AveragePool op = (AveragePool) call.op();
    Shape image = call.input(0).shape();
    return formats(
        pool(AVERAGE_POOL, operands, op.geometry(), image, op.countPadding())
            .input(0)
            .output(0)
            .nothing(),
        image,
        call.inputFormat(0),
        call.outputFormat(0),
        call.outputFormat(0));
  }

  private static CallRecord averagePoolGradient(OpCall call, Optional<Operands> operands) {
    AveragePoolGradient op = (AveragePoolGradient) call.op();
    return formats(
        pool(AVERAGE_POOL_GRADIENT, operands, op.geometry(), op.image(), op.countPadding())
            .output(0)
            .input(0)
            .nothing(),
        op.image(),
        call.outputFormat(0),
        call.inputFormat(0),
        call.inputFormat(0));
  }
}
