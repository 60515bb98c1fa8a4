package dev.volute.conformance.report;

import dev.volute.conformance.rule.Level;
import dev.volute.conformance.rule.Rule;

/** The rules as a page of the documentation. */
public final class RulesPage {
  private RulesPage() {}

  /** In Markdown. */
  public static String markdown() {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # What a backend must keep

        The rules of the conformance kit, generated from `dev.volute.conformance.rule.Rule`. A backend that breaks a
        required rule is wrong; an optional one it may break, and the kit says so. Numbers stay from version to version.

        Every check runs seeded cases with awkward sizes, strided, overlapping, broadcast and offset views, NaN and
        infinities, and empty batches; operands lie between guard zones, outputs hold NaN before, and scratch memory is
        just what was asked for. Results are compared with a reference in double precision, with the laws of mathematics
        (MATH) and with values that PyTorch computed (GOLD, from `conformance/golden/make.py`).

        **Error bounds.** Errors are counted in u = 2^-24. A sum of n products in any order is off by at most (n + 2) u
        times the sum of the absolute products. Convolutions may transform their operands, as Winograd's filtering does:
        four times that bound, of the largest sum of absolute products in the result. Exponential, logarithm, tanh and
        sigmoid are within 8 units in the last place. Recurrences are within twice what relative changes of
        (n + 8) u in their inputs can do. To every bound comes the rounding of the result itself. Numbers below the
        smallest normal one may be flushed to zero.

        **Gradients.** GRAD compares with central differences that the reference takes in double precision. Allowed are
        2^-14 of the largest element of an input's gradient (or of 1) in single precision, 1e-7 of it in double. MATH
        allows 8 n (n + 2) u for sums of n products of numbers up to 1, and GOLD 1e-5 of the largest element.

        **Training.** After k steps the loss is within k * 2e-5 of the reference's, and after 50 steps every parameter
        within a hundredth of the way that it has gone.

        | rule | level | statement |
        |---|---|---|
        """);
    for (Rule rule : Rule.values()) {
      String level = rule.level() == Level.REQUIRED ? "required" : "optional";
      page.append("| %s | %s | %s |%n".formatted(rule.id(), level, rule.statement()));
    }
    return page.toString();
  }
}
