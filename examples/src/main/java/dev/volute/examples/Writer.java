package dev.volute.examples;

import dev.volute.nn.Model;
import dev.volute.nn.StreamSession;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.Arrays;

/** Writes text character by character: what the network gave is what it reads next. */
final class Writer {
  private final Corpus corpus;
  private final StreamSession session;
  private final Sampler sampler;

  /**
   * @param temperature see {@link Sampler}
   */
  Writer(Model model, Corpus corpus, long seed, double temperature) {
    this.corpus = corpus;
    this.session = model.stream();
    this.sampler = new Sampler(seed, temperature);
  }

  /**
   * A new text.
   *
   * @param longest it ends there, or where the network ends it
   */
  String write(int longest) {
    session.reset();
    int[] ids = new int[longest];
    int length = 0;
    Tensor next = Tensor.of(Shape.of(1), corpus.first());
    while (length < longest) {
      int id = sampler.next(session.step(next).floats());
      if (corpus.last().isPresent() && corpus.last().get() == id) {
        break;
      }
      ids[length++] = id;
      next.ints()[0] = id;
    }
    return corpus.vocabulary().decode(Arrays.copyOf(ids, length));
  }
}
