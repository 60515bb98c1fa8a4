package dev.volute.conformance.broken;

import dev.volute.conformance.reference.ReferenceBackend;
import dev.volute.conformance.rule.Rule;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.MaxPool;
import dev.volute.spi.ForwardingBackend;
import dev.volute.spi.OpCall;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.View;
import java.util.List;

/** What goes wrong with channels last. */
final class FormatMutants {
  private FormatMutants() {}

  static List<Mutant> all() {
    return List.of(
        Mutant.of(
            "a convolution reads its image row-major, whatever it was told",
            Rule.FORMAT_1,
            Spoiler.input(Convolution.class, 0, FormatMutants::rowMajor)),
        Mutant.of(
            "maximum pooling writes its result row-major, whatever it was told",
            Rule.FORMAT_1,
            Spoiler.output(MaxPool.class, FormatMutants::rowMajor)),
        Mutant.of(
            "a residual is read in the result's format",
            Rule.FORMAT_1,
            Spoiler.only(
                Convolution.class,
                (correct, call, operands) ->
                    call.op() instanceof Convolution op && op.residual()
                        ? Spoiler.input(
                                Convolution.class,
                                op.residualInput(),
                                view -> call.outputFormat(0).view(view.shape(), view.offset()))
                            .bind(correct, call, operands)
                        : correct.bind(call, operands))),
        Mutant.of(
            "an image is taken channels last only where the result is row-major",
            Rule.FORMAT_1,
            threads ->
                new ForwardingBackend(new ReferenceBackend()) {
                  @Override
                  public boolean takesChannelsLast(OpCall call, int input) {
                    return call.outputFormat(0) == MemoryFormat.ROW_MAJOR
                        && super.takesChannelsLast(call, input);
                  }
                }));
  }

  /** The same places, of a view without gaps, in the order of the shape. */
  private static View rowMajor(View view) {
    return MemoryFormat.ROW_MAJOR.view(view.shape(), view.offset());
  }
}
