package dev.volute.conformance.op;

import dev.volute.conformance.rule.Check;
import dev.volute.conformance.rule.CheckList;
import dev.volute.conformance.rule.Rule;
import dev.volute.graph.Op;
import dev.volute.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/** Makes cases into checks. */
final class CaseList {
  /** Of so many cases of composites one is also run lowered, and the first of each composite. */
  private static final int LOWERED_SHARE = 5;

  /** Of so many one is also run in double precision, where that is claimed. */
  private static final int WIDE_SHARE = 7;

  private int composites;
  private final Set<Class<? extends Op>> lowered = new HashSet<>();
  private final SplittableRandom random;
  private final CheckList checks;

  CaseList(CheckList checks) {
    this.checks = checks;
    this.random = new SplittableRandom(checks.seed());
  }

  /** Makes the choices of the cases: sizes and layouts. */
  SplittableRandom random() {
    return random;
  }

  /** One of some. */
  @SafeVarargs
  final <T> T oneOf(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** A layout that an output may have. */
  Layout injective() {
    return oneOf(Layout.DENSE, Layout.ROWS, Layout.SCATTERED);
  }

  /** A layout that an input may have. */
  Layout any() {
    return Layout.ANY.get(random.nextInt(Layout.ANY.size()));
  }

  /** A check of another kind than comparing with the reference. */
  void add(Rule rule, String title, Check.Body body) {
    checks.add(rule, title, body);
  }

  /** The seed of the next case of a rule. */
  long nextSeed(Rule rule) {
    long ofRule = checks.seed() * 1_000_003 + rule.id().hashCode();
    return Math.abs(ofRule * 1_009 + checks.count(rule)) % 1_000_000_000L;
  }

  Draft of(Rule rule, Op op) {
    return new Draft(rule, op);
  }

  /** A case in the making. Without further words its operands are dense, each on its own. */
  final class Draft {
    private final Rule rule;
    private final Op op;
    private final List<OpCase.Input> inputs = new ArrayList<>();
    private Layout layout = Layout.DENSE;
    private Optional<Values> before = Optional.empty();
    private OpCase.Binding binding = OpCase.Binding.APART;

    private Draft(Rule rule, Op op) {
      this.rule = rule;
      this.op = op;
    }

    Draft in(Shape shape, Values values) {
      return in(shape, values, Layout.DENSE);
    }

    Draft in(Shape shape, Values values, Layout inputLayout) {
      inputs.add(new OpCase.Input(shape, values, inputLayout));
      return this;
    }

    Draft to(Layout outputLayout) {
      layout = outputLayout;
      return this;
    }

    Draft before(Values values) {
      before = Optional.of(values);
      return this;
    }

    Draft bound(OpCase.Binding newBinding) {
      binding = newBinding;
      return this;
    }

    /** Apart or in one memory, as it falls. */
    Draft anyBinding() {
      return bound(oneOf(OpCase.Binding.APART, OpCase.Binding.ONE_MEMORY));
    }

    /** As {@link #anyBinding}, or with constant inputs. */
    Draft anyBindingOrConstant() {
      return bound(oneOf(OpCase.Binding.APART, OpCase.Binding.ONE_MEMORY, OpCase.Binding.CONSTANT));
    }

    void allow(ErrorModel errors) {
      OpCase made = make(errors);
      add(rule, made.toString(), subject -> OpCheck.run(made, subject));
      if (op.lowering().isPresent()) {
        composite(made);
      }
    }

    /** On a backend without minimal filtering. */
    void allowPlainSums(double terms) {
      OpCase made = make(ErrorModel.sums(terms));
      add(rule, made.toString(), subject -> OpCheck.runPlainSums(made, subject));
    }

    private void composite(OpCase made) {
      composites++;
      if (lowered.add(op.getClass()) || composites % LOWERED_SHARE == 0) {
        add(
            Rule.CLAIM_3,
            "lowered: " + made,
            subject -> OpCheck.runLowered(made.under(Rule.CLAIM_3), subject));
      }
      if (made.hasChannels()) {
        add(
            Rule.FORMAT_1,
            "channels last: " + made,
            subject -> OpCheck.runChannelsLast(made.under(Rule.FORMAT_1), subject));
      }
      if (composites % WIDE_SHARE == 0) {
        OpCase wide = made.inDoublePrecision();
        add(rule, wide.toString(), subject -> OpCheck.run(wide, subject));
      }
    }

    /** Runs the case again and again, on backends with several numbers of threads. */
    void repeat() {
      OpCase made = make(ErrorModel.exact());
      add(
          Rule.RUN_1,
          made.toString(),
          subject -> RepeatCheck.otherInputs(made.under(Rule.RUN_1), subject));
      add(
          Rule.DETERMINISM_1,
          made.toString(),
          subject -> RepeatCheck.runs(made.under(Rule.DETERMINISM_1), subject));
      add(
          Rule.DETERMINISM_2,
          made.toString(),
          subject -> RepeatCheck.threads(made.under(Rule.DETERMINISM_2), subject));
      if (op.lowering().isPresent() && made.hasChannels()) {
        OpCase ofThreads = made.under(Rule.DETERMINISM_2);
        add(
            Rule.DETERMINISM_2,
            "channels last: " + made,
            subject -> RepeatCheck.threads(ofThreads.channelsLastFor(subject.backend()), subject));
      }
    }

    private OpCase make(ErrorModel errors) {
      return new OpCase(
          rule, op, List.copyOf(inputs), layout, before, binding, errors, nextSeed(rule));
    }
  }
}
