package dev.volute.train;

import dev.volute.graph.Value;
import dev.volute.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Sums and counts of measures over batches, in double precision. */
final class Totals {
  private final List<Measure> measures;
  private final double[] sums;
  private final double[] counts;

  Totals(List<Measure> measures) {
    this.measures = measures;
    this.sums = new double[measures.size()];
    this.counts = new double[measures.size()];
  }

  /** Sum and count of each measure, one behind the other, as a program's first outputs. */
  static List<Value> outputs(List<Tally> tallies) {
    List<Value> outputs = new ArrayList<>();
    for (Tally tally : tallies) {
      outputs.add(tally.sum());
      outputs.add(tally.count());
    }
    return outputs;
  }

  /** The first measure's mean over the batch whose outputs these are. */
  static double firstMean(List<Tensor> outputs) {
    return outputs.get(0).floats()[0] / Math.max(1, outputs.get(1).floats()[0]);
  }

  void add(List<Tensor> outputs) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += outputs.get(2 * i).floats()[0];
      counts[i] += outputs.get(2 * i + 1).floats()[0];
    }
  }

  /** The means so far, by name. */
  Map<String, Double> means() {
    Map<String, Double> means = new LinkedHashMap<>();
    for (int i = 0; i < sums.length; i++) {
      means.put(measures.get(i).name(), sums[i] / Math.max(1, counts[i]));
    }
    return means;
  }

  void clear() {
    Arrays.fill(sums, 0);
    Arrays.fill(counts, 0);
  }
}
