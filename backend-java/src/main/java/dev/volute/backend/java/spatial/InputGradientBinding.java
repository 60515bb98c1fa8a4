package dev.volute.backend.java.spatial;

import dev.volute.backend.java.kernel.Activations;
import dev.volute.backend.java.kernel.Floats;
import dev.volute.backend.java.kernel.Machine;
import dev.volute.backend.java.simd.Elementwise;
import dev.volute.backend.java.simd.FloatMap;
import dev.volute.graph.Binary;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operands;
import dev.volute.spi.Scratch;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Runs the gradients of convolutions over two spatial axes to their images. */
final class InputGradientBinding implements Planar<ConvolutionInputGradient> {
  /** The kernels, and what they are for people. */
  private enum Way {
    TILES(WinogradShape.ALGORITHM),
    PIXELS(PixelKernel.ALGORITHM),
    SLIDING(SlidingKernel.ALGORITHM),
    SUMS(WindowSums.ALGORITHM),
    WINDOWS(WindowKernel.ALGORITHM);

    final String algorithm;

    Way(String algorithm) {
      this.algorithm = algorithm;
    }

    static Way of(ConvolutionInputGradient op, OpCall call, Machine machine) {
      ConvolutionShape convolution = convolution(op, call);
      if (convolution.isInputGradientTiled(machine)) {
        return TILES;
      }
      boolean channelsLast =
          call.inputFormat(1) == MemoryFormat.CHANNELS_LAST
              || call.outputFormat(0) == MemoryFormat.CHANNELS_LAST;
      if (channelsLast
          && PixelShape.hasInputGradient(convolution, machine.simd().pixelProducts())
          && !WindowSums.pays(convolution)) {
        return PIXELS;
      }
      if (SlidingKernel.pays(convolution, convolution.groupChannels())) {
        return SLIDING;
      }
      return WindowSums.pays(convolution) ? SUMS : WINDOWS;
    }
  }

  private static ConvolutionShape convolution(ConvolutionInputGradient op, OpCall call) {
    return new ConvolutionShape(op.geometry(), op.image(), call.input(0).shape());
  }

  @Override
  public boolean takesChannelsLast(ConvolutionInputGradient op, OpCall call, int input) {
    int channels = input == 1 ? call.input(0).shape().dim(0) : op.image().dim(1);
    return input > 0 && ChannelVectors.areFilled(channels, convolution(op, call));
  }

  @Override
  public boolean givesChannelsLast(ConvolutionInputGradient op, OpCall call, int output) {
    return ChannelVectors.areFilled(op.image().dim(1), convolution(op, call));
  }

  /** The call with its operands in formats that its kernel takes and gives. */
  private static OpCall taken(Way way, OpCall call) {
    MemoryFormat result =
        switch (way) {
          case TILES -> call.outputFormat(0);
          case PIXELS -> MemoryFormat.CHANNELS_LAST;
          case SLIDING, SUMS, WINDOWS -> MemoryFormat.ROW_MAJOR;
        };
    List<MemoryFormat> inputs = new ArrayList<>(Collections.nCopies(call.inputs().size(), result));
    inputs.set(0, MemoryFormat.ROW_MAJOR);
    if (way == Way.TILES || way == Way.PIXELS) {
      inputs.set(1, call.inputFormat(1));
    }
    return call.in(inputs, List.of(result));
  }

  private static List<PixelShape> parts(
      ConvolutionShape convolution, OpCall call, Machine machine) {
    return PixelShape.ofInputGradient(
        convolution, call.inputFormat(1), machine.simd().pixelProducts());
  }

  @Override
  public Optional<String> algorithm(ConvolutionInputGradient op, OpCall call, Machine machine) {
    return Optional.of(Way.of(op, call, machine).algorithm);
  }

  @Override
  public Scratch scratch(ConvolutionInputGradient op, OpCall call, Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    Way way = Way.of(op, call, machine);
    long wanted =
        switch (way) {
          case TILES ->
              WinogradKernel.scratch(convolution.winogradInputGradient(machine).orElseThrow());
          case PIXELS ->
              parts(convolution, call, machine).stream()
                  .mapToLong(part -> PixelKernel.scratch(part, machine))
                  .max()
                  .orElse(0);
          case SLIDING -> 0;
          case SUMS -> WindowSums.panels(convolution, machine).length();
          case WINDOWS -> WindowKernel.scratch(convolution.inputGradient(machine), machine.simd());
        };
    return FormatDetour.scratch(call, taken(way, call), Scratch.floats(wanted));
  }

  @Override
  public Kernel bind(ConvolutionInputGradient op, OpCall call, Operands operands, Machine machine) {
    Way way = Way.of(op, call, machine);
    OpCall taken = taken(way, call);
    return FormatDetour.bind(
        call, taken, operands, machine, each -> ended(way, op, taken, each, machine));
  }

  /** What lies channels last ends in the kernel of the sums, all else in passes behind it. */
  private static Kernel ended(
      Way way, ConvolutionInputGradient op, OpCall call, Operands operands, Machine machine) {
    MemoryFormat format = call.outputFormat(0);
    Optional<Floats> residual =
        op.residual()
            ? Optional.of(
                Floats.of(operands.input(ConvolutionInputGradient.RESIDUAL_INPUT), format))
            : Optional.empty();
    Optional<Floats> activated =
        op.activation() == Activation.IDENTITY
            ? Optional.empty()
            : Optional.of(Floats.of(operands.input(op.resultInput()), format));
    Floats result = Floats.of(operands.output(0), format);
    boolean adds = format == MemoryFormat.CHANNELS_LAST;
    boolean passes = adds && op.activation() == Activation.RELU;
    SumEnd end = SumEnd.gradient(residual.filter(each -> adds), activated.filter(each -> passes));
    List<Kernel> kernels = new ArrayList<>(List.of(sums(way, op, call, operands, end, machine)));
    Elementwise functions = machine.simd().elementwise();
    residual
        .filter(each -> !adds)
        .map(each -> behind(functions.binary(Binary.Function.ADD), each, result, op, machine))
        .ifPresent(kernels::add);
    activated
        .filter(each -> !passes)
        .map(
            each ->
                behind(
                    Activations.gradient(op.activation(), machine.simd()).orElseThrow(),
                    each,
                    result,
                    op,
                    machine))
        .ifPresent(kernels::add);
    return kernels.size() == 1 ? kernels.get(0) : () -> kernels.forEach(Kernel::run);
  }

  private static Kernel behind(
      FloatMap map, Floats beside, Floats result, ConvolutionInputGradient op, Machine machine) {
    Shape image = op.image();
    return ElementwiseEnd.of(
        map,
        beside,
        result,
        image.dim(0) * image.dim(1),
        image.dim(2) * image.dim(3),
        machine.workers());
  }

  private static Kernel sums(
      Way way,
      ConvolutionInputGradient op,
      OpCall call,
      Operands operands,
      SumEnd end,
      Machine machine) {
    ConvolutionShape convolution = convolution(op, call);
    Floats filters = Floats.of(operands.input(0));
    Floats gradient = Floats.of(operands.input(1), call.inputFormat(1));
    Floats result = Floats.of(operands.output(0), call.outputFormat(0));
    Floats scratch = Floats.of(operands.scratch().orElse(operands.output(0)));
    switch (way) {
      case TILES -> {
        WinogradShape tiles = convolution.winogradInputGradient(machine).orElseThrow();
        return new WinogradKernel(
            tiles,
            gradient,
            call.inputFormat(1),
            filters,
            end,
            result,
            call.outputFormat(0),
            scratch,
            PackedFilters.one(operands, 0, "turned tiles", tiles.filters(), machine),
            machine);
      }
      case PIXELS -> {
        return pixels(convolution, call, operands, end, machine);
      }
      case SLIDING -> {
        return new SlidingKernel(
            convolution.slidingInputGradient(machine),
            gradient,
            filters,
            Optional.empty(),
            Optional.empty(),
            result,
            machine);
      }
      case SUMS -> {
        FilterPanels panels = WindowSums.panels(convolution, machine);
        Optional<Floats> packed =
            PackedFilters.one(operands, 0, List.of("transposed", op.geometry()), panels, machine);
        return new WindowSums(convolution, filters, gradient, result, scratch, packed, machine);
      }
      case WINDOWS -> {
        WindowShape windows = convolution.inputGradient(machine);
        Optional<List<Floats>> packed =
            PackedFilters.of(
                operands,
                0,
                List.of("gradient's windows", op.geometry(), op.image()),
                windows.filters(),
                machine);
        return new WindowKernel(
            windows,
            gradient,
            filters,
            Optional.empty(),
            Activation.IDENTITY,
            result,
            scratch,
            packed,
            machine);
      }
    }
    throw new AssertionError(way);
  }

  private static Kernel pixels(
      ConvolutionShape convolution, OpCall call, Operands operands, SumEnd end, Machine machine) {
    List<PixelShape> parts = parts(convolution, call, machine);
    String form = "gradient's pixels for " + convolution.image() + ", " + convolution.geometry();
    Optional<List<Floats>> packed =
        PackedFilters.of(
            operands,
            0,
            form,
            parts.stream().<FilterPacking>map(PixelShape::filters).toList(),
            machine);
    List<Kernel> kernels = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      int number = i;
      kernels.add(
          new PixelKernel(
              parts.get(i),
              Floats.of(operands.input(1), call.inputFormat(1)),
              Floats.of(operands.input(0)),
              end,
              Floats.of(operands.output(0), MemoryFormat.CHANNELS_LAST),
              Floats.of(operands.scratch().orElse(operands.output(0))),
              packed.map(each -> each.get(number)),
              machine));
    }
    return () -> kernels.forEach(Kernel::run);
  }
}
