package dev.volute.conformance.report;

import dev.volute.conformance.rule.Level;
import dev.volute.conformance.rule.Measurement;
import dev.volute.conformance.rule.Observation;
import dev.volute.conformance.rule.Rule;
import java.util.List;
import java.util.Locale;

/** A report as one page that needs nothing else. */
public final class HtmlReport {
  private static final String STYLE =
      """
      :root { color-scheme: light; }
      body { font: 15px/1.5 system-ui, sans-serif; color: #222; max-width: 72em; margin: 2em auto; padding: 0 1.5em; }
      h1 { margin-bottom: .2em; } h2 { margin-top: 2em; border-bottom: 2px solid #dde3ea; }
      .about { color: #555; }
      .state { display: inline-block; padding: .2em .8em; border-radius: 1em; color: #fff; font-weight: 600; }
      .state.kept { background: #1a7f37; } .state.broken { background: #b00020; }
      .counts { display: flex; flex-wrap: wrap; gap: 1em; margin: 1.2em 0; padding: 0; list-style: none; }
      .counts li { background: #f4f6f9; border-radius: .5em; padding: .5em 1.2em; }
      .counts b { display: block; font-size: 1.6em; line-height: 1.2; }
      table { border-collapse: collapse; width: 100%; }
      th { background: #f4f6f9; } th, td { text-align: left; padding: .25em .75em; vertical-align: top; }
      td { border-bottom: 1px solid #e6eaef; }
      td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
      td:first-child { white-space: nowrap; }
      .good { color: #1a7f37; } .bad { color: #b00020; font-weight: 600; } .warn { color: #8a5a00; } .none { color: #777; }
      pre { white-space: pre-wrap; background: #fbf1f2; padding: .75em; overflow-wrap: anywhere; }
      """;

  private final StringBuilder page = new StringBuilder();
  private final Report report;

  private HtmlReport(Report report) {
    this.report = report;
  }

  public static String of(Report report) {
    return new HtmlReport(report).page();
  }

  private String page() {
    add("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    add("<meta name=\"viewport\" content=\"width=device-width\">");
    add("<title>Conformance of %s</title><style>\n", report.backend());
    page.append(STYLE);
    add("</style></head><body>\n");
    head();
    broken(Outcome.Status.FAILED, "Broken rules");
    broken(Outcome.Status.WARNED, "Optional rules that are broken");
    behaviour("Determinism", List.of(Rule.RUN_1, Rule.DETERMINISM_1, Rule.DETERMINISM_2));
    behaviour(
        "Memory",
        report.rules().stream()
            .map(Report.RuleResult::rule)
            .filter(rule -> rule.id().startsWith("MEM-"))
            .toList());
    composites();
    ops();
    rules("All rules", report.rules());
    add("</body></html>\n");
    return page.toString();
  }

  /** Appends a piece of the page; texts among the values are escaped, the others are numbers. */
  private void add(String format, Object... values) {
    Object[] safe = new Object[values.length];
    for (int i = 0; i < values.length; i++) {
      safe[i] = values[i] instanceof String text ? escaped(text) : values[i];
    }
    page.append(String.format(Locale.ROOT, format, safe));
  }

  private void head() {
    add("<h1>Conformance of %s</h1>\n", report.backend());
    add("<p class=\"about\">%s<br>%s<br>", report.detail(), report.environment());
    add("Seed %d</p>\n", report.seed());
    long rules =
        report.rules().stream()
            .filter(each -> each.broken() > 0 && each.rule().level() == Level.REQUIRED)
            .count();
    if (report.passed()) {
      add("<p class=\"state kept\">All required rules are kept</p>\n");
    } else {
      add("<p class=\"state broken\">Required rules are broken: %d</p>\n", rules);
    }
    add("<ul class=\"counts\"><li><b>%,d</b>checks</li>", report.outcomes().size());
    for (Outcome.Status status : Outcome.Status.values()) {
      add("<li><b>%,d</b>%s</li>", report.with(status).size(), words(status));
    }
    add("</ul>\n");
  }

  private static String words(Outcome.Status status) {
    return switch (status) {
      case PASSED -> "passed";
      case FAILED -> "failed";
      case WARNED -> "broke an optional rule";
      case NOT_APPLICABLE -> "did not apply";
    };
  }

  private void broken(Outcome.Status status, String title) {
    if (!report.with(status).isEmpty()) {
      add("<h2>%s</h2>\n", title);
      for (Outcome outcome : report.with(status)) {
        add("<pre>%s %s</pre>\n", outcome.check().id(), outcome.detail());
      }
    }
  }

  private void behaviour(String title, List<Rule> rules) {
    rules(title, report.rules().stream().filter(each -> rules.contains(each.rule())).toList());
    for (Observation each : report.observations()) {
      if (rules.contains(each.rule())) {
        add("<p>%s: %s</p>\n", each.rule().id(), each.text());
      }
    }
  }

  private void rules(String title, List<Report.RuleResult> results) {
    add(
        "<h2>%s</h2>\n<table><tr><th>rule</th><th>statement</th><th class=\"n\">checks</th>",
        title);
    add("<th class=\"n\">passed</th><th>result</th></tr>\n");
    for (Report.RuleResult each : results) {
      boolean optional = each.rule().level() == Level.OPTIONAL;
      add("<tr><td>%s</td><td>%s", each.rule().id(), each.rule().statement());
      add(optional ? " <em>(optional)</em></td>" : "</td>");
      if (each.checks() == 0) {
        add("<td></td><td></td>");
      } else {
        add("<td class=\"n\">%d</td><td class=\"n\">%d</td>", each.checks(), each.passed());
      }
      add("<td class=\"%s\">%s</td></tr>\n", color(each), result(each));
    }
    add("</table>\n");
  }

  private String color(Report.RuleResult each) {
    if (each.broken() > 0) {
      return each.rule().level() == Level.OPTIONAL ? "warn" : "bad";
    }
    return each.passed() > 0 || keptThroughout(each) ? "good" : "none";
  }

  private String result(Report.RuleResult each) {
    if (each.broken() > 0) {
      return "broken";
    }
    if (each.passed() > 0) {
      return "kept";
    }
    if (each.checks() > 0) {
      return "does not apply";
    }
    return keptThroughout(each) ? "kept in every run" : "not checked";
  }

  /** Whether the rule has no checks of its own, but every run of an op was a check of it. */
  private boolean keptThroughout(Report.RuleResult each) {
    return each.checks() == 0 && each.broken() == 0 && !report.measurements().isEmpty();
  }

  private void composites() {
    add("<h2>Composites</h2>\n<p>A backend may claim a composite, by its sizes and options if it");
    add(
        " likes; where it does not, the composite runs as simpler ops.</p>\n<table><tr><th>op</th>");
    add(
        "<th>type</th><th></th><th class=\"n\">cases claimed</th><th class=\"n\">lowered</th></tr>\n");
    for (Report.CompositeResult each : report.composites()) {
      String how = each.lowered() == 0 ? "claimed" : each.claimed() == 0 ? "lowered" : "in part";
      add("<tr><td>%s</td><td>%s</td><td>%s</td>", each.op(), each.dtype().name(), how);
      add("<td class=\"n\">%d</td><td class=\"n\">%d</td></tr>\n", each.claimed(), each.lowered());
    }
    add("</table>\n");
  }

  private void ops() {
    add(
        "<h2>Ops</h2>\n<p>Worst errors in units in the last place (ULP) of the expected value, and as");
    add(
        " a share of what is allowed there: where terms cancel, many ULP are allowed. Speed is the");
    add(
        " reference's time divided by the backend's, on the small operands of the checks: a hint and");
    add(
        " no benchmark; a lowered op's includes its planning.</p>\n<table><tr><th>op</th><th>type</th>");
    add("<th>run</th><th class=\"n\">cases</th><th class=\"n\">worst error in ULP</th>");
    add("<th class=\"n\">of allowed</th><th class=\"n\">speed</th></tr>\n");
    for (Report.OpResult each : report.ops()) {
      add("<tr><td>%s</td><td>%s</td><td>%s</td>", each.op(), each.dtype().name(), way(each.way()));
      add("<td class=\"n\">%d</td><td class=\"n\">%s</td>", each.runs(), number(each.ulps()));
      add("<td class=\"n\">%.0f%%</td>", 100 * each.ofBound());
      add("<td class=\"n\">%s</td></tr>\n", number(each.speed()));
    }
    add("</table>\n");
  }

  private static String way(Measurement.Way way) {
    return switch (way) {
      case CLAIMED -> "claimed";
      case LOWERED -> "lowered";
      case LOWERED_TO_COMPARE -> "lowered, to compare";
    };
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.2f" : "%,.0f", value);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
