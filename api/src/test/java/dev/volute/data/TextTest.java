package dev.volute.data;

import static dev.volute.data.CharVocabulary.Reserved.END;
import static dev.volute.data.CharVocabulary.Reserved.PADDING;
import static dev.volute.data.CharVocabulary.Reserved.START;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.volute.VoluteException;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Text as ids: the vocabulary, windows of one long text, padded sequences. */
class TextTest {

  @Test
  void idsAreReservedPlacesThenCodePointsInOrder() {
    CharVocabulary vocabulary = CharVocabulary.of(List.of("ba", "c\uD83D\uDE00a"), END, START);
    assertEquals(6, vocabulary.size());
    assertEquals(0, vocabulary.id(START));
    assertEquals(1, vocabulary.id(END));
    assertArrayEquals(new int[] {2, 3, 4, 5}, vocabulary.encode("abc\uD83D\uDE00"));
    assertEquals(vocabulary, CharVocabulary.of(List.of("\uD83D\uDE00cba"), START, END));
  }

  @Test
  void decodeUndoesEncodeAndSkipsReservedPlaces() {
    String text = "na\u00EFve \uD83D\uDE00!";
    CharVocabulary vocabulary = CharVocabulary.of(List.of(text), PADDING);
    assertEquals(text, vocabulary.decode(vocabulary.encode(text)));
    assertEquals("", vocabulary.decode(vocabulary.id(PADDING)));
  }

  @Test
  void vocabularyErrors() {
    CharVocabulary vocabulary = CharVocabulary.of(List.of("abc"), START);
    assertEquals(
        "Character '\u00DF' (U+00DF) at position 2 is not in the vocabulary of 3 characters",
        messageOf(() -> vocabulary.encode("ab\u00DF")));
    assertEquals("Id 4 is not in a vocabulary of 4", messageOf(() -> vocabulary.decode(4)));
    assertEquals("The vocabulary reserves no id for END", messageOf(() -> vocabulary.id(END)));
  }

  @Test
  void windowsPairEachIdWithTheNext() {
    Dataset windows = Windows.nextId(new int[] {0, 1, 2, 3, 4, 5, 6, 7}, 3, 3);
    assertEquals(2, windows.size());
    Batch batch = windows.batch(0, 1);
    assertEquals(Tensor.of(Shape.of(2, 3), 0, 1, 2, 3, 4, 5), batch.inputs());
    assertEquals(Tensor.of(Shape.of(2, 3), 1, 2, 3, 4, 5, 6), batch.targets());
    assertEquals(5, Windows.nextId(new int[8], 3, 1).size());
    assertEquals(1, Windows.nextId(new int[4], 3, 3).size());
  }

  @Test
  void windowsOfASeriesForecastOneStep() {
    Dataset windows = Windows.nextValue(new float[] {1, 2, 4, 8, 16}, 2);
    assertEquals(3, windows.size());
    Batch batch = windows.batch(0, 2);
    assertEquals(Tensor.of(Shape.of(2, 2, 1), 1f, 2f, 4f, 8f), batch.inputs());
    assertEquals(Tensor.of(Shape.of(2, 1), 4f, 16f), batch.targets());
  }

  @Test
  void windowErrors() {
    assertEquals(
        "Windows of 0 steps every 1 steps: both start at 1",
        messageOf(() -> Windows.nextId(new int[8], 0, 1)));
    assertEquals(
        "Windows of 3 steps every -2 steps: both start at 1",
        messageOf(() -> Windows.nextId(new int[8], 3, -2)));
    assertEquals(
        "A sequence of 3 steps is too short for windows of 3 steps and a target; it needs 4",
        messageOf(() -> Windows.nextValue(new float[3], 3)));
  }

  @Test
  void paddedSequencesIgnoreThePadding() {
    PaddedSequences data =
        PaddedSequences.of(List.of(new int[] {5, 6}, new int[] {1, 2, 3, 4}), 9, 1);
    assertEquals(2, data.size());
    assertEquals(4, data.steps());
    Batch batch = data.batch(0, 1);
    assertEquals(Tensor.of(Shape.of(2, 3), 5, 9, 9, 1, 2, 3), batch.inputs());
    assertEquals(Tensor.of(Shape.of(2, 3), 6, -1, -1, 2, 3, 4), batch.targets());
    assertEquals(Tensor.of(Shape.of(1, 1), 5), data.batch(0).inputs());
  }

  @Test
  void lengthsOfPaddedBatchesAreMultiplesOfTheBucket() {
    List<int[]> sequences = List.of(new int[2], new int[5], new int[6]);
    PaddedSequences data = PaddedSequences.of(sequences, 0, 4);
    assertEquals(4, data.batch(0).inputs().shape().dim(1));
    assertEquals(4, data.batch(0, 1).inputs().shape().dim(1));
    assertEquals(8, data.batch(2, 1).inputs().shape().dim(1));
  }

  @Test
  void paddedSequenceErrors() {
    assertEquals(
        "Sequence 1 has 1 ids; it needs at least 2, an input and its target",
        messageOf(() -> PaddedSequences.of(List.of(new int[2], new int[1]), 0, 1)));
    assertEquals(
        "Bucket 0 is too small; it starts at 1",
        messageOf(() -> PaddedSequences.of(List.of(), 0, 0)));
    assertEquals(
        "Sample 1 is not in a data set of 1",
        messageOf(() -> PaddedSequences.of(List.of(new int[2]), 0, 1).batch(1)));
  }

  private static String messageOf(Runnable action) {
    return assertThrows(VoluteException.class, action::run).getMessage();
  }
}
