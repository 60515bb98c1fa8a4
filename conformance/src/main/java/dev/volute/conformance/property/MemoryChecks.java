package dev.volute.conformance.property;

import dev.volute.conformance.rule.CheckList;
import dev.volute.conformance.rule.NotApplicable;
import dev.volute.conformance.rule.Rule;
import dev.volute.conformance.rule.Subject;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendException;
import dev.volute.spi.Memory;
import dev.volute.spi.OutOfMemoryException;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.util.SplittableRandom;

/** Checks of memory by itself. */
public final class MemoryChecks {
  private static final int LENGTH = 1000;

  private MemoryChecks() {}

  public static void addTo(CheckList checks) {
    for (DType dtype : DType.values()) {
      checks.add(
          Rule.MEM_5, "bits of " + dtype + " come back", subject -> roundTrips(dtype, subject));
      checks.add(
          Rule.MEM_6, "ranges and types of " + dtype, subject -> rangesAndTypes(dtype, subject));
      checks.add(Rule.MEM_7, "closed memory of " + dtype, subject -> closed(dtype, subject));
      checks.add(Rule.MEM_8, "empty memory of " + dtype, subject -> empty(dtype, subject));
    }
    checks.add(Rule.MEM_8, "more memory than there can be", MemoryChecks::tooLarge);
    LeakChecks.addTo(checks);
  }

  private static Memory allocate(Subject subject, DType dtype, long elements) {
    try {
      return subject.backend().allocate(dtype, elements);
    } catch (BackendException e) {
      if (dtype == DType.F64) {
        throw new NotApplicable("no memory of " + dtype + ": " + e.getMessage());
      }
      throw e;
    }
  }

  /** Any bits: NaN of every kind and numbers below the smallest normal one among them. */
  private static Tensor bits(DType dtype, int length, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Tensor tensor = Tensor.zeros(new TensorType(dtype, Shape.of(length)));
    for (int i = 0; i < length; i++) {
      switch (dtype) {
        case F32 -> tensor.floats()[i] = quiet(Float.intBitsToFloat(random.nextInt()));
        case F64 -> tensor.doubles()[i] = quiet(Double.longBitsToDouble(random.nextLong()));
        case I32 -> tensor.ints()[i] = random.nextInt();
      }
    }
    return tensor;
  }

  /** Moving a signalling NaN may quieten it on some machines; that is no fault. */
  private static float quiet(float value) {
    return Float.isNaN(value) ? Float.NaN : value;
  }

  private static double quiet(double value) {
    return Double.isNaN(value) ? Double.NaN : value;
  }

  private static void roundTrips(DType dtype, Subject subject) {
    try (Memory memory = allocate(subject, dtype, LENGTH)) {
      Answers.require(
          memory.dtype() == dtype && memory.elements() == LENGTH,
          Rule.MEM_5,
          "asked for %d of %s, got %d of %s"
              .formatted(LENGTH, dtype, memory.elements(), memory.dtype()));
      Tensor all = bits(dtype, LENGTH, 1);
      memory.write(0, all);
      requireEqual(all, memory, 0, "the whole");
      Tensor part = bits(dtype, 13, 2);
      for (int offset : new int[] {0, 1, 7, 64, 501, LENGTH - 13}) {
        memory.write(offset, part);
        requireEqual(part, memory, offset, "13 elements from " + offset);
        requireEqual(all.rows(0, offset), memory, 0, "what is before " + offset);
        requireEqual(
            all.rows(offset + 13, LENGTH), memory, offset + 13, "what is behind " + offset);
        memory.write(0, all);
      }
    }
  }

  private static void requireEqual(Tensor expected, Memory memory, long offset, String what) {
    Tensor read = Tensor.zeros(expected.type());
    memory.read(offset, read);
    Answers.require(
        expected.equals(read), Rule.MEM_5, "%s: %s, not %s".formatted(what, read, expected));
  }

  private static void rangesAndTypes(DType dtype, Subject subject) {
    DType other = dtype == DType.I32 ? DType.F32 : DType.I32;
    Tensor one = Tensor.zeros(new TensorType(dtype, Shape.of(1)));
    Tensor two = Tensor.zeros(new TensorType(dtype, Shape.of(2)));
    Tensor wrong = Tensor.zeros(new TensorType(other, Shape.of(1)));
    try (Memory memory = allocate(subject, dtype, LENGTH)) {
      for (long offset : new long[] {-1, LENGTH, Long.MAX_VALUE, Long.MIN_VALUE}) {
        refused(Rule.MEM_6, "writing at " + offset, () -> memory.write(offset, one));
        refused(Rule.MEM_6, "reading at " + offset, () -> memory.read(offset, one));
      }
      refused(Rule.MEM_6, "writing over the end", () -> memory.write(LENGTH - 1, two));
      refused(Rule.MEM_6, "reading over the end", () -> memory.read(LENGTH - 1, two));
      refused(Rule.MEM_6, "writing " + other + " to " + dtype, () -> memory.write(0, wrong));
      refused(Rule.MEM_6, "reading " + other + " from " + dtype, () -> memory.read(0, wrong));
    }
  }

  private static void refused(Rule rule, String what, Answers.Attempt attempt) {
    Answers.refused(rule, what, BackendException.class, attempt);
  }

  private static void closed(DType dtype, Subject subject) {
    Memory memory = allocate(subject, dtype, LENGTH);
    memory.close();
    memory.close();
    Tensor one = Tensor.zeros(new TensorType(dtype, Shape.of(1)));
    refused(Rule.MEM_7, "writing to closed memory", () -> memory.write(0, one));
    refused(Rule.MEM_7, "reading from closed memory", () -> memory.read(0, one));
  }

  private static void empty(DType dtype, Subject subject) {
    try (Memory memory = allocate(subject, dtype, 0)) {
      Tensor none = Tensor.zeros(new TensorType(dtype, Shape.of(0)));
      memory.write(0, none);
      memory.read(0, none);
      Answers.require(memory.elements() == 0, Rule.MEM_8, "empty memory has elements");
    }
  }

  private static void tooLarge(Subject subject) {
    Backend backend = subject.backend();
    for (long elements : new long[] {Long.MAX_VALUE / 4, 1L << 48}) {
      Answers.refused(
          Rule.MEM_8,
          elements + " elements",
          OutOfMemoryException.class,
          () -> backend.allocate(DType.F32, elements).close());
    }
    Answers.require(
        backend.maximumElements(DType.F32) >= 1L << 20,
        Rule.MEM_8,
        "a memory has at most %d elements".formatted(backend.maximumElements(DType.F32)));
  }
}
