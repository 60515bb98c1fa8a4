package dev.volute.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.volute.VoluteException;
import dev.volute.data.CharVocabulary;
import dev.volute.data.DataFormatException;
import dev.volute.data.Source;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CorpusTest {

  @Test
  void theEmbeddedNamesSplitWithoutOverlap() {
    Corpus corpus = Corpus.ofWords(ExampleData.firstNames());
    Set<String> train = words(corpus, corpus.train());
    Set<String> heldOut = words(corpus, corpus.heldOut());

    // What "sort -u" counts in the two lists, which share names and repeat a few.
    assertEquals(8422, train.size() + heldOut.size());
    assertEquals(842, heldOut.size());
    Set<String> both = new HashSet<>(train);
    both.retainAll(heldOut);
    assertEquals(Set.of(), both);
    Set<String> all = new HashSet<>(train);
    all.addAll(heldOut);
    assertEquals(new HashSet<>(ExampleData.firstNames()), all);
  }

  @Test
  void theSplitIsTheSameEveryTime() {
    Corpus once = Corpus.ofWords(ExampleData.firstNames());
    Corpus again = Corpus.ofWords(ExampleData.firstNames());
    assertArrayEquals(once.heldOut().toArray(), again.heldOut().toArray());
    assertArrayEquals(once.train().toArray(), again.train().toArray());
  }

  @Test
  void wordsStandBetweenStartAndEnd() {
    Corpus corpus = Corpus.ofWords(List.of("ab"));
    CharVocabulary vocabulary = corpus.vocabulary();
    int start = vocabulary.id(CharVocabulary.Reserved.START);
    int end = vocabulary.id(CharVocabulary.Reserved.END);
    assertArrayEquals(
        new int[] {start, vocabulary.encode("a")[0], vocabulary.encode("b")[0], end},
        corpus.train().get(0));
    assertEquals(start, corpus.first());
    assertEquals(Optional.of(end), corpus.last());
  }

  @Test
  void windowsOfATextPredictEveryCharacterOnce() {
    String content = "abcdefghij".repeat(3) + "\n";
    Corpus corpus = Corpus.ofText(source(content), 2);
    int cut = content.length() - content.length() / 10;
    assertEquals(content.substring(1, cut), targets(corpus, corpus.train()));
    assertEquals(content.substring(cut + 1), targets(corpus, corpus.heldOut()));
    assertEquals("\n", corpus.vocabulary().decode(corpus.first()));
    assertEquals(Optional.empty(), corpus.last());
  }

  @Test
  void textsThatAreTooShort() {
    assertEquals(
        "short.txt: holds 59 characters; with windows of 5 it takes at least 60, to hold out a tenth",
        assertThrows(DataFormatException.class, () -> Corpus.ofText(source("x".repeat(59)), 5))
            .getMessage());
    assertEquals(1, Corpus.ofText(source("x".repeat(60)), 5).heldOut().size());
    assertThrows(DataFormatException.class, () -> Corpus.ofText(source(""), 5));
    assertEquals(
        "Windows of 0 steps are too short; they start at 1",
        assertThrows(VoluteException.class, () -> Corpus.ofText(source("xyz"), 0)).getMessage());
  }

  @Test
  void bigramCountsPairsAndSmoothes() {
    // After 0: 1 twice, 2 once; after 1: 0 once; after 2: nothing.
    Bigram bigram = Bigram.fit(List.of(new int[] {0, 1, 0, 1}, new int[] {0, 2}), 3, 0.5);
    double seen = -Math.log(2.5 / 4.5);
    double unseenRow = -Math.log(1.0 / 3);
    assertEquals(seen, bigram.negativeLogLikelihood(List.of(new int[] {0, 1})), 1e-12);
    assertEquals(
        (seen + unseenRow) / 2,
        bigram.negativeLogLikelihood(List.of(new int[] {0, 1}, new int[] {2, 2})),
        1e-12);
  }

  @Test
  void bigramKnowsMoreOfNamesThanChance() {
    Corpus corpus = Corpus.ofWords(ExampleData.firstNames());
    int ids = corpus.vocabulary().size();
    double bigram = Bigram.fit(corpus.train(), ids, 0.1).negativeLogLikelihood(corpus.heldOut());
    assertEquals(true, bigram > 2 && bigram < 0.75 * Math.log(ids), "nats a character: " + bigram);
  }

  private static Set<String> words(Corpus corpus, List<int[]> sequences) {
    List<String> words = new ArrayList<>();
    sequences.forEach(ids -> words.add(corpus.vocabulary().decode(ids)));
    Set<String> distinct = new HashSet<>(words);
    assertEquals(words.size(), distinct.size());
    return distinct;
  }

  private static String targets(Corpus corpus, List<int[]> sequences) {
    return Stream.of(sequences.toArray(int[][]::new))
        .map(ids -> corpus.vocabulary().decode(ids).substring(1))
        .reduce("", String::concat);
  }

  private static Source source(String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return Source.of("short.txt", () -> new ByteArrayInputStream(bytes));
  }
}
