package dev.volute.nn;

import dev.volute.tensor.TensorType;
import java.util.Locale;
import java.util.Map;

/** The table of a network's layers. */
final class Summary {
  private Summary() {}

  static String of(Network network, TensorType sample) {
    TensorType input = sample.withShape(sample.shape().prepend(1));
    Trace trace = network.trace(input, false, Tracer.ZEROS, Map.of());
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "%-32s %-24s %12s%n", "layer", "output", "parameters"));
    long total = 0;
    for (Trace.LayerOutput layer : trace.layers()) {
      long count = 0;
      for (Parameter parameter : trace.parameters().keySet()) {
        if (parameter.trained() && parameter.path().startsWith(layer.path() + "/")) {
          count += parameter.variable().type().shape().elements();
        }
      }
      total += layer.path().contains("/") ? 0 : count;
      text.append(
          String.format(Locale.ROOT, "%-32s %-24s %,12d%n", layer.path(), layer.type(), count));
    }
    return text.append(String.format(Locale.ROOT, "%-57s %,12d%n", "total", total)).toString();
  }
}
