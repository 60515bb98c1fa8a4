package dev.volute.backend.java.parallel;

import java.util.Optional;

/** The first thing that a job's parts threw. */
final class Failure {
  private Optional<Throwable> first = Optional.empty();

  synchronized void clear() {
    first = Optional.empty();
  }

  /** Keeps what a part threw, unless another part was first. */
  synchronized void keep(Throwable thrown) {
    if (first.isEmpty()) {
      first = Optional.of(thrown);
    }
  }

  synchronized void rethrow() {
    if (first.isPresent()) {
      Throwable thrown = first.get();
      if (thrown instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) thrown;
    }
  }
}
