package dev.volute.conformance.reference;

import dev.volute.graph.composite.EmbeddedRecurrent;
import dev.volute.graph.composite.EmbeddedRecurrentGradient;
import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.RecurrentGradient;
import dev.volute.spi.Kernel;
import dev.volute.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** Recurrences over rows of a table: those over the rows, which are taken out first. */
final class EmbeddedRecurrences {
  private EmbeddedRecurrences() {}

  static Kernel forward(EmbeddedRecurrent op, List<Elements> inputs, List<Elements> outputs) {
    Elements rows = rows(inputs);
    Kernel gather = Tables.gather(inputs.get(0), inputs.get(1), rows);
    Kernel recurrence =
        RecurrentForward.kernel(
            new Recurrent(op.cell(), op.reserve()), instead(rows, inputs, 2), outputs);
    return () -> {
      gather.run();
      recurrence.run();
    };
  }

  static Kernel gradient(
      EmbeddedRecurrentGradient op, List<Elements> inputs, List<Elements> outputs) {
    Elements rows = rows(inputs);
    Elements toRows = rows(inputs);
    Kernel gather = Tables.gather(inputs.get(0), inputs.get(1), rows);
    Kernel gradient =
        RecurrentBackward.kernel(
            new RecurrentGradient(op.cell()),
            instead(rows, inputs, 2),
            instead(toRows, outputs, 1));
    Kernel scatter = Tables.scatterAdd(inputs.get(1), toRows, outputs.get(0));
    return () -> {
      gather.run();
      gradient.run();
      scatter.run();
    };
  }

  /** Room for the rows that ids name. */
  private static Elements rows(List<Elements> inputs) {
    Elements table = inputs.get(0);
    Shape shape = inputs.get(1).shape().append(table.shape().dim(1));
    return Elements.of(table.memory().dtype(), shape);
  }

  private static List<Elements> instead(Elements first, List<Elements> all, int from) {
    List<Elements> replaced = new ArrayList<>(List.of(first));
    replaced.addAll(all.subList(from, all.size()));
    return replaced;
  }
}
