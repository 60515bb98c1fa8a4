package dev.volute.conformance.op;

import dev.volute.conformance.planned.PlannedGraph;
import dev.volute.conformance.reference.ReferenceOps;
import dev.volute.conformance.rule.Measurement;
import dev.volute.conformance.rule.NotApplicable;
import dev.volute.conformance.rule.Rule;
import dev.volute.conformance.rule.Subject;
import dev.volute.conformance.rule.Violation;
import dev.volute.conformance.wrapper.PrimitivesOnly;
import dev.volute.graph.Value;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.IndexRangeException;
import dev.volute.spi.OpCall;
import dev.volute.tensor.DType;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Runs a case on the backend under test and compares it with the reference. */
final class OpCheck {
  private final OpCase given;
  private final OpCase.Operands operands;
  private final OpCall call;
  private long nanoseconds;

  private OpCheck(OpCase given) {
    this.given = given;
    this.operands = given.operands();
    this.call = given.call();
  }

  /**
   * Runs the case as a kernel where the backend claims the op, else through a plan of its lowering.
   */
  static void run(OpCase given, Subject subject) {
    run(given, subject, subject.backend());
  }

  /** The same without minimal filtering. */
  static void runPlainSums(OpCase given, Subject subject) {
    BackendOptions options = BackendOptions.threads(Subject.THREADS).withoutMinimalFiltering();
    run(given, subject, subject.backend(options));
  }

  private static void run(OpCase given, Subject subject, Backend backend) {
    OpCheck check = new OpCheck(given);
    boolean claimed = backend.claims(check.call);
    boolean wide = check.call.output(0).dtype() == DType.F64;
    if (!claimed && (wide || given.op().lowering().isEmpty())) {
      check.requireOptional();
    }
    if (claimed) {
      check.compare(subject, Measurement.Way.CLAIMED, check::kernel, backend);
    } else {
      check.compare(subject, Measurement.Way.LOWERED, check::plan, backend);
    }
  }

  /** Runs the case with operands channels last, as the backend takes and gives them. */
  static void runChannelsLast(OpCase given, Subject subject) {
    Backend backend = subject.backend();
    OpCase mixed = given.someChannelsLastFor(backend);
    answersAreTheSame(given.call(), mixed, backend);
    run(mixed, subject);
  }

  private static void answersAreTheSame(OpCall rowMajor, OpCase mixed, Backend backend) {
    OpCall call = mixed.call();
    boolean same = backend.claims(call);
    for (int i = 0; i < call.inputs().size(); i++) {
      same &= backend.takesChannelsLast(call, i) == backend.takesChannelsLast(rowMajor, i);
    }
    for (int i = 0; i < call.outputs().size(); i++) {
      same &= backend.givesChannelsLast(call, i) == backend.givesChannelsLast(rowMajor, i);
    }
    if (!same) {
      throw new Violation(
          mixed.rule(), "What may lie channels last depends on the call's formats: " + mixed);
    }
  }

  /** Runs the op's lowering, on the backend's primitives alone. */
  static void runLowered(OpCase given, Subject subject) {
    OpCheck check = new OpCheck(given);
    check.compare(
        subject,
        Measurement.Way.LOWERED_TO_COMPARE,
        check::plan,
        new PrimitivesOnly(subject.backend()));
  }

  private void compare(
      Subject subject,
      Measurement.Way way,
      Function<Backend, List<double[]>> computation,
      Backend backend) {
    List<double[]> results = computation.apply(backend);
    long start = System.nanoTime();
    ErrorModel.Evaluation evaluation = evaluate();
    long referenceTime = System.nanoTime() - start;
    Comparison comparison = Comparison.of(evaluation, given.errors(), results, this::wrong);
    subject.record(
        new Measurement(
            given.op().name(),
            given.op().lowering().isPresent(),
            call.output(0).dtype(),
            way,
            comparison.ulps(),
            comparison.ofBound(),
            nanoseconds,
            referenceTime));
  }

  /** What every backend runs: primitives whose floating operands are of single precision. */
  private void requireOptional() {
    boolean required =
        call.output(0).dtype() == DType.F32
            && Stream.concat(call.inputs().stream(), call.outputs().stream())
                .map(TensorType::dtype)
                .noneMatch(dtype -> dtype == DType.F64);
    if (required) {
      throw new Violation(Rule.CLAIM_1, given.toString());
    }
    throw new NotApplicable("not claimed: " + given);
  }

  private List<double[]> kernel(Backend backend) {
    try (GuardedRun run = GuardedRun.bind(backend, given, operands)) {
      long start = System.nanoTime();
      run.run();
      nanoseconds = System.nanoTime() - start;
      inputsAreUntouched(run.inputs());
      List<Tensor> outputs = run.outputs();
      List<double[]> results = new ArrayList<>();
      for (int i = 0; i < outputs.size(); i++) {
        Slot slot = operands.outputs().get(i);
        outsideIsUntouched(Rule.MEM_2, "output " + i, slot, outputs.get(i));
        results.add(slot.elements(outputs.get(i)));
      }
      run.scratch().ifPresent(this::scratchIsKept);
      for (int i = 0; i < outputs.size(); i++) {
        everythingIsWritten(i, outputs.get(i));
      }
      return results;
    } catch (IndexRangeException e) {
      throw new Violation(given.rule(), given + ": " + e.getMessage(), e);
    }
  }

  private void scratchIsKept(Map.Entry<Slot, Tensor> scratch) {
    outsideIsUntouched(Rule.MEM_4, "scratch", scratch.getKey(), scratch.getValue());
  }

  private void inputsAreUntouched(List<Tensor> after) {
    for (int i = 0; i < after.size(); i++) {
      Slot slot = operands.inputs().get(i);
      boolean overwritten = operands.outputs().contains(slot);
      for (int place = 0; !overwritten && place < slot.storage().length(); place++) {
        if (!Slot.same(slot.storage(), after.get(i), place)) {
          throw new Violation(
              Rule.MEM_1,
              "%s: input %d, place %d of its memory held %s and holds %s"
                  .formatted(given, i, place, slot.storage().get(place), after.get(i).get(place)));
        }
      }
    }
  }

  private void outsideIsUntouched(Rule rule, String what, Slot slot, Tensor after) {
    boolean[] inside = new boolean[after.length()];
    for (int place : slot.places()) {
      inside[place] = true;
    }
    for (int i = 0; i < inside.length; i++) {
      if (!inside[i] && !Slot.same(slot.storage(), after, i)) {
        throw new Violation(
            rule,
            "%s: %s with view %s, place %d of its memory held %s and holds %s"
                .formatted(given, what, slot.view(), i, slot.storage().get(i), after.get(i)));
      }
    }
  }

  private void everythingIsWritten(int output, Tensor after) {
    if (given.before().isPresent() || given.place(output).isPresent()) {
      return;
    }
    int[] places = operands.outputs().get(output).places();
    for (int i = 0; i < places.length; i++) {
      if (Slot.isDirt(after, places[i])) {
        throw new Violation(Rule.MEM_3, "%s: output %d, element %d".formatted(given, output, i));
      }
    }
  }

  private List<double[]> plan(Backend backend) {
    long start = System.nanoTime();
    List<Tensor> results =
        PlannedGraph.run(
            backend,
            denseInputs(),
            inputs ->
                inputs
                    .get(0)
                    .applyAll(given.op(), inputs.subList(1, inputs.size()).toArray(Value[]::new)));
    nanoseconds = System.nanoTime() - start;
    return results.stream()
        .map(result -> IntStream.range(0, result.length()).mapToDouble(result::get).toArray())
        .toList();
  }

  private List<Tensor> denseInputs() {
    List<Tensor> dense = new ArrayList<>();
    for (Slot slot : operands.inputs()) {
      dense.add(Tensor.of(slot.view().shape(), slot.elements()).cast(slot.storage().dtype()));
    }
    return dense;
  }

  private ErrorModel.Evaluation evaluate() {
    List<ReferenceOps.Target> before = new ArrayList<>();
    for (int i = 0; i < operands.outputs().size(); i++) {
      Slot slot = operands.outputs().get(i);
      double[] storage = new double[slot.storage().length()];
      for (int j = 0; j < storage.length; j++) {
        storage[j] = slot.storage().get(j);
      }
      before.add(new ReferenceOps.Target(storage, slot.view()));
    }
    return ErrorModel.Evaluation.of(
        call, operands.inputs().stream().map(Slot::elements).toList(), before);
  }

  private Violation wrong(String finding) {
    return new Violation(given.rule(), given + "\n" + finding);
  }
}
