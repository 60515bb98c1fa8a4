package dev.volute.nn;

import dev.volute.tensor.TensorType;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The compiled predictions of a model, by the type of their batches. Of those that nobody uses, the
 * ones used last are kept and the others released.
 */
final class Predictors {
  /** How many are kept; each holds kernels, and constants of its own. */
  static final int KEPT = 32;

  private static final class Entry {
    private final Program program;
    private int users;

    Entry(Program program) {
      this.program = program;
    }
  }

  private final Function<TensorType, Program> compiler;
  private final Consumer<Program> release;
  private final Map<TensorType, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

  Predictors(Function<TensorType, Program> compiler, Consumer<Program> release) {
    this.compiler = compiler;
    this.release = release;
  }

  /** Does something with the program for one type, which is not released meanwhile. */
  <T> T use(TensorType batch, Function<Program, T> task) {
    Entry entry = take(batch);
    try {
      return task.apply(entry.program);
    } finally {
      giveBack(entry);
    }
  }

  /** The program for one type, never to be released. */
  Program keep(TensorType batch) {
    return take(batch).program;
  }

  private synchronized Entry take(TensorType batch) {
    Entry entry = entries.get(batch);
    if (entry == null) {
      entry = new Entry(compiler.apply(batch));
      entries.put(batch, entry);
    }
    entry.users++;
    return entry;
  }

  private synchronized void giveBack(Entry entry) {
    entry.users--;
    Iterator<Entry> oldestFirst = entries.values().iterator();
    while (entries.size() > KEPT && oldestFirst.hasNext()) {
      Entry oldest = oldestFirst.next();
      if (oldest.users == 0) {
        oldestFirst.remove();
        release.accept(oldest.program);
      }
    }
  }
}
