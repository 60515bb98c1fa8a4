package dev.volute.train;

import dev.volute.nn.Model;

/** Told what happens in training, on the thread that trains. */
public interface Listener {
  /** Before the first step. */
  default void started(Progress progress) {}

  /** After each step. */
  default void stepFinished(Progress progress) {}

  /** After each epoch and its validation; may {@link Progress#stop stop} training. */
  default void epochFinished(EpochResult result, Model model, Progress progress) {}

  /** After the last epoch, or when training ends early, also by an exception. */
  default void finished(Model model, Progress progress) {}
}
