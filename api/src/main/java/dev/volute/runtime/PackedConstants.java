package dev.volute.runtime;

import dev.volute.spi.Memory;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import dev.volute.tensor.View;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** The packed forms of constants that the kernels of one model share. */
final class PackedConstants implements Operands.PackedForms {
  private record Key(Memory memory, View view, Object form) {
    /** Of the constant, which has one form or few. */
    @Override
    public int hashCode() {
      return 31 * System.identityHashCode(memory) + view.hashCode();
    }
  }

  private final Map<Key, AutoCloseable> forms = new HashMap<>();

  @Override
  public synchronized AutoCloseable get(
      Operand constant, Object form, Supplier<? extends AutoCloseable> pack) {
    Key key = new Key(constant.memory(), constant.view(), form);
    AutoCloseable known = forms.get(key);
    if (known == null) {
      known = pack.get();
      forms.put(key, known);
    }
    return known;
  }

  /**
   * Lets go of all forms: the values that they were made from have changed, or the model closes.
   */
  synchronized void clear() {
    for (AutoCloseable form : forms.values()) {
      try {
        form.close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException("A packed constant could not be released", e);
      }
    }
    forms.clear();
  }
}
