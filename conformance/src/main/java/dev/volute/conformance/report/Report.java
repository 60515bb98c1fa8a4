package dev.volute.conformance.report;

import dev.volute.conformance.rule.Measurement;
import dev.volute.conformance.rule.Observation;
import dev.volute.conformance.rule.Rule;
import dev.volute.tensor.DType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the checks found out about a backend.
 *
 * @param backend its name
 * @param detail what it says that it runs on
 * @param environment the machine and the JVM
 * @param seed of the checks
 * @param observations what checks told besides
 */
public record Report(
    String backend,
    String detail,
    String environment,
    long seed,
    List<Outcome> outcomes,
    List<Measurement> measurements,
    List<Observation> observations) {

  public Report {
    outcomes = List.copyOf(outcomes);
    measurements = List.copyOf(measurements);
    observations = List.copyOf(observations);
  }

  /** True if every required rule that was checked is kept. */
  public boolean passed() {
    return failures().isEmpty();
  }

  /** Checks that met a broken required rule. */
  public List<Outcome> failures() {
    return with(Outcome.Status.FAILED);
  }

  public List<Outcome> with(Outcome.Status status) {
    return outcomes.stream().filter(each -> each.status() == status).toList();
  }

  /**
   * How the checks of one rule went.
   *
   * @param checks how many there are
   * @param passed how many passed
   * @param broken how many checks, of whatever rule, met this one broken
   * @param notApplicable how many had nothing to check
   */
  public record RuleResult(Rule rule, int checks, int passed, int broken, int notApplicable) {}

  /** All rules in their order. */
  public List<RuleResult> rules() {
    List<RuleResult> results = new ArrayList<>();
    for (Rule rule : Rule.values()) {
      List<Outcome> own = outcomes.stream().filter(each -> each.check().rule() == rule).toList();
      results.add(
          new RuleResult(
              rule,
              own.size(),
              count(own, Outcome.Status.PASSED),
              (int) outcomes.stream().filter(each -> each.broke(rule)).count(),
              count(own, Outcome.Status.NOT_APPLICABLE)));
    }
    return results;
  }

  private static int count(List<Outcome> outcomes, Outcome.Status status) {
    return (int) outcomes.stream().filter(each -> each.status() == status).count();
  }

  /**
   * How the runs of one op with one type went.
   *
   * @param way whether the backend runs it itself or lowered
   * @param runs how many
   * @param ulps worst error in units in the last place
   * @param ofBound worst error as a share of what is allowed
   * @param speed the reference's time by the backend's: a hint, for the sizes are small
   */
  public record OpResult(
      String op,
      DType dtype,
      Measurement.Way way,
      int runs,
      double ulps,
      double ofBound,
      double speed) {}

  /** All ops that ran, by name. */
  public List<OpResult> ops() {
    Map<String, List<Measurement>> groups = new TreeMap<>(Comparator.naturalOrder());
    for (Measurement each : measurements) {
      String key = each.op() + " " + each.dtype() + " " + each.way().ordinal();
      groups.computeIfAbsent(key, name -> new ArrayList<>()).add(each);
    }
    return groups.values().stream().map(Report::result).toList();
  }

  private static OpResult result(List<Measurement> runs) {
    Measurement first = runs.get(0);
    double own = runs.stream().mapToDouble(Measurement::nanoseconds).sum();
    double reference = runs.stream().mapToDouble(Measurement::referenceNanoseconds).sum();
    return new OpResult(
        first.op(),
        first.dtype(),
        first.way(),
        runs.size(),
        runs.stream().mapToDouble(Measurement::ulps).max().orElse(0),
        runs.stream().mapToDouble(Measurement::ofBound).max().orElse(0),
        reference / Math.max(1, own));
  }

  /**
   * How a backend runs a composite.
   *
   * @param claimed in how many cases as a kernel of its own
   * @param lowered in how many cases as simpler ops
   */
  public record CompositeResult(String op, DType dtype, int claimed, int lowered) {}

  /** All composites that ran as the backend wants them to, by name. */
  public List<CompositeResult> composites() {
    Map<String, List<Measurement>> groups = new TreeMap<>();
    for (Measurement each : measurements) {
      if (each.composite() && each.way() != Measurement.Way.LOWERED_TO_COMPARE) {
        String key = each.op() + " " + each.dtype();
        groups.computeIfAbsent(key, name -> new ArrayList<>()).add(each);
      }
    }
    return groups.values().stream().map(Report::composite).toList();
  }

  private static CompositeResult composite(List<Measurement> runs) {
    Measurement first = runs.get(0);
    int claimed = (int) runs.stream().filter(each -> each.way() == Measurement.Way.CLAIMED).count();
    return new CompositeResult(first.op(), first.dtype(), claimed, runs.size() - claimed);
  }
}
