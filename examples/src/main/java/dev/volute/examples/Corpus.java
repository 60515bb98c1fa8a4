package dev.volute.examples;

import dev.volute.VoluteException;
import dev.volute.data.CharVocabulary;
import dev.volute.data.CharVocabulary.Reserved;
import dev.volute.data.DataFormatException;
import dev.volute.data.Source;
import dev.volute.random.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * Text to learn characters from, as sequences of ids in two parts that do not overlap.
 *
 * @param vocabulary the characters of both parts
 * @param train sequences to learn from
 * @param heldOut sequences to judge by, a tenth of the whole
 * @param first the id that generation starts from
 * @param last the id that ends a generated text, if any does
 */
record Corpus(
    CharVocabulary vocabulary,
    List<int[]> train,
    List<int[]> heldOut,
    int first,
    Optional<Integer> last) {
  private static final int HELD_OUT_SHARE = 10;

  /** Not the user's seed: figures of different seeds are about the same held-out names. */
  private static final Philox SPLIT = new Philox(0, Philox.stream("names held out"), 0);

  /**
   * Words, each a sequence of its own from {@link Reserved#START} to {@link Reserved#END}. A word
   * that occurs twice counts once, so no held-out word was learnt.
   */
  static Corpus ofWords(Collection<String> words) {
    List<String> distinct = new ArrayList<>(new LinkedHashSet<>(words));
    CharVocabulary vocabulary = CharVocabulary.of(distinct, Reserved.START, Reserved.END);
    int start = vocabulary.id(Reserved.START);
    int end = vocabulary.id(Reserved.END);
    List<int[]> train = new ArrayList<>();
    List<int[]> heldOut = new ArrayList<>();
    int[] order = SPLIT.permutation(distinct.size());
    for (int i = 0; i < order.length; i++) {
      int[] characters = vocabulary.encode(distinct.get(order[i]));
      int[] ids = new int[characters.length + 2];
      ids[0] = start;
      System.arraycopy(characters, 0, ids, 1, characters.length);
      ids[ids.length - 1] = end;
      (i < order.length / HELD_OUT_SHARE ? heldOut : train).add(ids);
    }
    return new Corpus(vocabulary, train, heldOut, start, Optional.of(end));
  }

  /**
   * Running text, cut into windows of {@code time} steps, each beginning with the last character of
   * the one before; the end of the text is held out. Generation starts after a line break, or after
   * the text's first character if it has none.
   *
   * @throws DataFormatException if the text is too short for one window in the held-out part
   */
  static Corpus ofText(Source source, int time) {
    if (time < 1) {
      throw new VoluteException("Windows of " + time + " steps are too short; they start at 1");
    }
    String text = source.text();
    CharVocabulary vocabulary = CharVocabulary.of(List.of(text));
    int[] ids = vocabulary.encode(text);
    int cut = ids.length - ids.length / HELD_OUT_SHARE;
    if (ids.length - cut <= time) {
      throw new DataFormatException(
          source.name(),
          "holds %d characters; with windows of %d it takes at least %d, to hold out a tenth"
              .formatted(ids.length, time, HELD_OUT_SHARE * (time + 1)));
    }
    int first = text.indexOf('\n') >= 0 ? vocabulary.encode("\n")[0] : ids[0];
    return new Corpus(
        vocabulary,
        windows(Arrays.copyOfRange(ids, 0, cut), time),
        windows(Arrays.copyOfRange(ids, cut, ids.length), time),
        first,
        Optional.empty());
  }

  private static List<int[]> windows(int[] ids, int time) {
    List<int[]> windows = new ArrayList<>();
    for (int from = 0; from + 1 < ids.length; from += time) {
      windows.add(Arrays.copyOfRange(ids, from, Math.min(ids.length, from + time + 1)));
    }
    return windows;
  }
}
