package dev.volute.conformance.rule;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Collects checks and numbers them by rule. */
public final class CheckList {
  private final long seed;
  private final Map<Rule, Integer> numbers = new EnumMap<>(Rule.class);
  private final List<Check> checks = new ArrayList<>();

  /**
   * @param seed of what the checks make up
   */
  public CheckList(long seed) {
    this.seed = seed;
  }

  public long seed() {
    return seed;
  }

  /**
   * Adds a check.
   *
   * @param title what is tried, in one line
   */
  public void add(Rule rule, String title, Check.Body body) {
    String id = rule.id() + "/" + numbers.merge(rule, 1, Integer::sum);
    checks.add(new Check(rule, id, title, seed, body));
  }

  /** How many checks of a rule there are so far. */
  public int count(Rule rule) {
    return numbers.getOrDefault(rule, 0);
  }

  public List<Check> checks() {
    return List.copyOf(checks);
  }
}
