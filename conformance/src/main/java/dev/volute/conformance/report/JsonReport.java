package dev.volute.conformance.report;

import dev.volute.conformance.rule.Observation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A report for other programs. */
public final class JsonReport {
  private JsonReport() {}

  public static String of(Report report) {
    Map<String, Object> top = new LinkedHashMap<>();
    top.put("backend", report.backend());
    top.put("detail", report.detail());
    top.put("environment", report.environment());
    top.put("seed", report.seed());
    top.put("passed", report.passed());
    List<Object> rules = new ArrayList<>();
    for (Report.RuleResult each : report.rules()) {
      Map<String, Object> rule = new LinkedHashMap<>();
      rule.put("rule", each.rule().id());
      rule.put("level", each.rule().level().name());
      rule.put("statement", each.rule().statement());
      rule.put("checks", each.checks());
      rule.put("passed", each.passed());
      rule.put("broken", each.broken());
      rule.put("notApplicable", each.notApplicable());
      rules.add(rule);
    }
    top.put("rules", rules);
    List<Object> ops = new ArrayList<>();
    for (Report.OpResult each : report.ops()) {
      Map<String, Object> op = new LinkedHashMap<>();
      op.put("op", each.op());
      op.put("type", each.dtype().name());
      op.put("way", each.way().name());
      op.put("cases", each.runs());
      op.put("worstUlps", each.ulps());
      op.put("worstOfAllowed", each.ofBound());
      op.put("speed", each.speed());
      ops.add(op);
    }
    top.put("ops", ops);
    List<Object> composites = new ArrayList<>();
    for (Report.CompositeResult each : report.composites()) {
      Map<String, Object> composite = new LinkedHashMap<>();
      composite.put("op", each.op());
      composite.put("type", each.dtype().name());
      composite.put("claimed", each.claimed());
      composite.put("lowered", each.lowered());
      composites.add(composite);
    }
    top.put("composites", composites);
    List<Object> observations = new ArrayList<>();
    for (Observation each : report.observations()) {
      Map<String, Object> observation = new LinkedHashMap<>();
      observation.put("rule", each.rule().id());
      observation.put("text", each.text());
      observations.add(observation);
    }
    top.put("observations", observations);
    List<Object> failures = new ArrayList<>();
    for (Outcome outcome : report.failures()) {
      Map<String, Object> failure = new LinkedHashMap<>();
      failure.put("check", outcome.check().id());
      failure.put("rule", outcome.rule().id());
      failure.put("detail", outcome.detail());
      failures.add(failure);
    }
    top.put("failures", failures);
    StringBuilder text = new StringBuilder();
    write(text, top, "");
    return text.append('\n').toString();
  }

  private static void write(StringBuilder text, Object value, String indent) {
    if (value instanceof Map<?, ?> map) {
      String separator = "{\n";
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        text.append(separator).append(indent).append("  ");
        write(text, entry.getKey(), indent);
        text.append(": ");
        write(text, entry.getValue(), indent + "  ");
        separator = ",\n";
      }
      text.append('\n').append(indent).append('}');
    } else if (value instanceof List<?> list) {
      text.append('[');
      String separator = "\n";
      for (Object each : list) {
        text.append(separator).append(indent).append("  ");
        write(text, each, indent + "  ");
        separator = ",\n";
      }
      text.append(list.isEmpty() ? "]" : "\n" + indent + "]");
    } else if (value instanceof String string) {
      quote(text, string);
    } else if (value instanceof Double number && !Double.isFinite(number)) {
      text.append("null");
    } else {
      text.append(value);
    }
  }

  private static void quote(StringBuilder text, String string) {
    text.append('"');
    for (char c : string.toCharArray()) {
      switch (c) {
        case '"' -> text.append("\\\"");
        case '\\' -> text.append("\\\\");
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> text.append(c < ' ' ? "\\u%04x".formatted((int) c) : String.valueOf(c));
      }
    }
    text.append('"');
  }
}
