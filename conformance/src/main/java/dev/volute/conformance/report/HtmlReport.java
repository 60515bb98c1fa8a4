package dev.volute.conformance.report;

import dev.volute.conformance.rule.Level;
import java.util.Locale;

/** A report as one page that needs nothing else. */
public final class HtmlReport {
  private static final String STYLE =
      """
      body { font: 15px/1.5 system-ui, sans-serif; max-width: 75em; margin: 2em auto; padding: 0 1em; }
      table { border-collapse: collapse; width: 100%; }
      th, td { text-align: left; padding: .25em .75em .25em 0; border-bottom: 1px solid #ddd; vertical-align: top; }
      td.n { text-align: right; font-variant-numeric: tabular-nums; }
      .bad { color: #b00020; font-weight: 600; } .warn { color: #8a5a00; } .none { color: #888; }
      pre { white-space: pre-wrap; background: #f6f6f6; padding: .75em; overflow-wrap: anywhere; }
      """;

  private HtmlReport() {}

  public static String of(Report report) {
    StringBuilder page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head>");
    page.append("<meta charset=\"utf-8\"><title>Conformance of ")
        .append(escaped(report.backend()))
        .append("</title><style>\n")
        .append(STYLE)
        .append("</style></head><body>\n");
    head(page, report);
    failures(page, report);
    rules(page, report);
    ops(page, report);
    return page.append("</body></html>\n").toString();
  }

  private static void head(StringBuilder page, Report report) {
    int rules = (int) report.rules().stream().filter(each -> each.broken() > 0).count();
    page.append("<h1>Conformance of ").append(escaped(report.backend())).append("</h1>\n<p>");
    page.append(
        report.passed()
            ? "All required rules are kept."
            : "<span class=\"bad\">%d rules are broken.</span>".formatted(rules));
    page.append(
        " %d checks: %d passed, %d failed, %d broke an optional rule, %d did not apply. Seed %d.</p>\n"
            .formatted(
                report.outcomes().size(),
                report.with(Outcome.Status.PASSED).size(),
                report.failures().size(),
                report.with(Outcome.Status.WARNED).size(),
                report.with(Outcome.Status.NOT_APPLICABLE).size(),
                report.seed()));
    page.append(
        "<p>%s<br>%s</p>\n".formatted(escaped(report.detail()), escaped(report.environment())));
  }

  private static void failures(StringBuilder page, Report report) {
    for (Outcome.Status status :
        new Outcome.Status[] {Outcome.Status.FAILED, Outcome.Status.WARNED}) {
      if (!report.with(status).isEmpty()) {
        page.append(
            status == Outcome.Status.FAILED ? "<h2>Failures</h2>\n" : "<h2>Optional rules</h2>\n");
        for (Outcome outcome : report.with(status)) {
          page.append(
              "<pre>%s %s</pre>\n".formatted(outcome.check().id(), escaped(outcome.detail())));
        }
      }
    }
  }

  private static void rules(StringBuilder page, Report report) {
    page.append(
        "<h2>Rules</h2>\n<table><tr><th>rule</th><th></th><th>checks</th><th>passed</th><th>result</th></tr>\n");
    for (Report.RuleResult each : report.rules()) {
      boolean optional = each.rule().level() == Level.OPTIONAL;
      String result =
          each.broken() > 0
              ? "<span class=\"%s\">broken</span>".formatted(optional ? "warn" : "bad")
              : each.passed() > 0
                  ? "kept"
                  : each.checks() > 0
                      ? "<span class=\"none\">does not apply</span>"
                      : "<span class=\"none\">checked with every op</span>";
      page.append(
          "<tr><td>%s</td><td>%s%s</td><td class=\"n\">%s</td><td class=\"n\">%s</td><td>%s</td></tr>\n"
              .formatted(
                  each.rule().id(),
                  escaped(each.rule().statement()),
                  optional ? " <em>(optional)</em>" : "",
                  each.checks() == 0 ? "" : each.checks(),
                  each.checks() == 0 ? "" : each.passed(),
                  result));
    }
    page.append("</table>\n");
  }

  private static void ops(StringBuilder page, Report report) {
    page.append(
        "<h2>Ops</h2>\n<p>Errors are in units in the last place, and as a share of what is allowed. Speed is the"
            + " reference's time divided by the backend's, on the small operands of the checks: a hint and no"
            + " benchmark.</p>\n<table><tr><th>op</th><th>type</th><th>run</th><th>cases</th><th>worst error"
            + " (ULP)</th><th>of allowed</th><th>speed</th></tr>\n");
    for (Report.OpResult each : report.ops()) {
      page.append(
          String.format(
              Locale.ROOT,
              "<tr><td>%s</td><td>%s</td><td>%s</td><td class=\"n\">%d</td><td class=\"n\">%.3g</td><td"
                  + " class=\"n\">%.0f%%</td><td class=\"n\">%.2g</td></tr>%n",
              escaped(each.op()),
              each.dtype(),
              each.claimed() ? "claimed" : "lowered",
              each.runs(),
              each.ulps(),
              100 * each.ofBound(),
              each.speed()));
    }
    page.append("</table>\n");
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
