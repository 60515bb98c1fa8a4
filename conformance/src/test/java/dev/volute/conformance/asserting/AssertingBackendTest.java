package dev.volute.conformance.asserting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.conformance.reference.ReferenceBackend;
import dev.volute.graph.Accumulate;
import dev.volute.graph.Binary;
import dev.volute.graph.Op;
import dev.volute.graph.composite.Softmax;
import dev.volute.spi.Backend;
import dev.volute.spi.Backends;
import dev.volute.spi.ForwardingBackend;
import dev.volute.spi.FoundBackend;
import dev.volute.spi.Kernel;
import dev.volute.spi.Memory;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import dev.volute.tensor.View;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class AssertingBackendTest {
  private static final Op ADD = new Binary(Binary.Function.ADD);
  private static final View FOUR = View.dense(Shape.of(4), 0);

  private final Backend backend = new AssertingBackend(new ReferenceBackend());

  private static Memory memory(Backend of, int elements) {
    Memory memory = of.allocate(DType.F32, elements);
    memory.write(0, Tensor.zeros(TensorType.f32(elements)));
    return memory;
  }

  private static Kernel bind(Backend on, Op op, List<Operand> inputs, Operand output) {
    List<TensorType> types =
        inputs.stream().map(each -> new TensorType(DType.F32, each.view().shape())).toList();
    return on.bind(
        OpCall.of(op, types),
        new Operands(inputs, List.of(output), Optional.empty(), (c, form, pack) -> pack.get()));
  }

  private static String complaint(Runnable run) {
    return String.valueOf(assertThrows(AssertionError.class, run::run).getMessage());
  }

  private static Operand operand(Memory memory, View view) {
    return new Operand(memory, view, false);
  }

  private String bindingComplaint(Op op, List<Operand> inputs, Operand output) {
    return complaint(() -> bind(backend, op, inputs, output));
  }

  @Test
  void runsWhatIsRight() {
    Memory x = memory(backend, 4);
    Memory y = memory(backend, 4);
    x.write(0, Tensor.of(Shape.of(4), 1f, 2f, 3f, 4f));
    bind(backend, ADD, List.of(operand(x, FOUR), operand(x, FOUR)), operand(y, FOUR)).run();
    Tensor sum = Tensor.zeros(TensorType.f32(4));
    y.read(0, sum);
    assertEquals(Tensor.of(Shape.of(4), 2f, 4f, 6f, 8f), sum);
    bind(backend, ADD, List.of(operand(y, FOUR), operand(x, FOUR)), operand(y, FOUR)).run();
  }

  @Test
  void meetsOperandsThatAreWrong() {
    Memory x = memory(backend, 8);
    Operand good = operand(x, FOUR);
    View behind = FOUR.shifted(5);
    Memory y = memory(backend, 4);
    assertTrue(
        bindingComplaint(ADD, List.of(good, operand(x, behind)), operand(y, FOUR))
            .contains("not inside"));
    assertTrue(
        bindingComplaint(ADD, List.of(good, good), operand(x, FOUR.shifted(1)))
            .contains("share places"));
    assertTrue(
        bindingComplaint(ADD, List.of(good, good), operand(y, View.of(Shape.of(4), 0, 0)))
            .contains("share places"));
    assertTrue(
        bindingComplaint(
                new Softmax(),
                List.of(operand(x, View.of(Shape.of(2), 0, 2))),
                operand(y, View.dense(Shape.of(2), 0)))
            .contains("not dense"));
    try (Backend other = new AssertingBackend(new ReferenceBackend())) {
      Operand foreign = operand(memory(other, 4), FOUR);
      assertTrue(
          bindingComplaint(ADD, List.of(good, foreign), operand(y, FOUR))
              .contains("not memory of this backend"));
    }
    bind(backend, new Accumulate(), List.of(good), operand(y, View.of(Shape.of(4), 0, 0))).run();
  }

  @Test
  void meetsWhatIsClosed() {
    Memory x = memory(backend, 4);
    Memory y = memory(backend, 4);
    Kernel kernel =
        bind(backend, ADD, List.of(operand(x, FOUR), operand(x, FOUR)), operand(y, FOUR));
    Kernel other =
        bind(backend, ADD, List.of(operand(x, FOUR), operand(x, FOUR)), operand(y, FOUR));
    other.close();
    assertTrue(complaint(other::run).contains("closed"));
    x.close();
    assertTrue(complaint(kernel::run).contains("closed memory"));
  }

  @Test
  void meetsConstantsThatChange() {
    Memory x = memory(backend, 4);
    Memory y = memory(backend, 4);
    Operand constant = new Operand(x, FOUR, true);
    Kernel kernel = bind(backend, ADD, List.of(constant, constant), operand(y, FOUR));
    kernel.run();
    x.write(0, Tensor.of(Shape.of(1), 1f));
    assertTrue(complaint(kernel::run).contains("constant"));
  }

  /** The reference, but whatever it computes, {@code more} happens too. */
  private static Backend spoiled(Consumer<Operands> more) {
    return new AssertingBackend(
        new ForwardingBackend(new ReferenceBackend()) {
          @Override
          public Kernel bind(OpCall call, Operands operands) {
            Kernel kernel = super.bind(call, operands);
            return () -> {
              kernel.run();
              more.accept(operands);
            };
          }
        });
  }

  private static String runComplaint(Backend spoiled) {
    Memory x = memory(spoiled, 8);
    Memory y = memory(spoiled, 8);
    return complaint(
        bind(spoiled, ADD, List.of(operand(x, FOUR), operand(x, FOUR)), operand(y, FOUR))::run);
  }

  @Test
  void meetsKernelsThatWriteElsewhere() {
    Tensor seven = Tensor.of(Shape.of(1), 7f);
    assertTrue(
        runComplaint(spoiled(operands -> operands.output(0).memory().write(4, seven)))
            .contains("wrote place 4"));
    assertTrue(
        runComplaint(spoiled(operands -> operands.input(0).memory().write(0, seven)))
            .contains("wrote place 0"));
  }

  @Test
  void meetsKernelsThatLeaveElements() {
    Backend lazy =
        new AssertingBackend(
            new ForwardingBackend(new ReferenceBackend()) {
              @Override
              public Kernel bind(OpCall call, Operands operands) {
                return () -> {};
              }
            });
    assertTrue(runComplaint(lazy).contains("left place 0"));
  }

  @Test
  void isSwitchedOnByAProperty() {
    FoundBackend off = found();
    assertFalse(off.usable());
    assertTrue(off.detail().contains(AssertingProvider.PROPERTY), off.detail());
    System.setProperty(AssertingProvider.PROPERTY, "reference");
    try (Backend watched = Backends.open(AssertingProvider.NAME)) {
      assertTrue(watched instanceof AssertingBackend);
    } finally {
      System.clearProperty(AssertingProvider.PROPERTY);
    }
  }

  private static FoundBackend found() {
    return Backends.found().stream()
        .filter(each -> each.name().equals(AssertingProvider.NAME))
        .findFirst()
        .orElseThrow();
  }
}
