package dev.volute.data;

import dev.volute.VoluteException;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * The characters (Unicode code points) of a text as ids 0 .. size-1. Reserved ids come first, in
 * the order of {@link Reserved}; then the code points in ascending order, so the same characters
 * always get the same ids.
 */
public final class CharVocabulary {
  /** Ids that stand for no character. */
  public enum Reserved {
    /** What fills up the inputs of a short sequence. */
    PADDING,
    /** What a model reads before the first character. */
    START,
    /** What a model writes after the last character. */
    END
  }

  private final List<Reserved> reserved;
  private final int[] codePoints;

  private CharVocabulary(List<Reserved> reserved, int[] codePoints) {
    this.reserved = reserved;
    this.codePoints = codePoints;
  }

  /** The characters that occur in some texts, after the given reserved ids. */
  public static CharVocabulary of(Iterable<String> texts, Reserved... reserved) {
    TreeSet<Integer> seen = new TreeSet<>();
    for (String text : texts) {
      text.codePoints().forEach(seen::add);
    }
    return new CharVocabulary(
        Arrays.stream(reserved).distinct().sorted().toList(),
        seen.stream().mapToInt(Integer::intValue).toArray());
  }

  /** Number of ids. */
  public int size() {
    return reserved.size() + codePoints.length;
  }

  /**
   * The id of a reserved place.
   *
   * @throws VoluteException if this vocabulary was made without it
   */
  public int id(Reserved place) {
    int id = reserved.indexOf(place);
    if (id < 0) {
      throw new VoluteException("The vocabulary reserves no id for " + place);
    }
    return id;
  }

  /**
   * The ids of a text's characters.
   *
   * @throws VoluteException if a character is not in the vocabulary
   */
  public int[] encode(String text) {
    int[] ids = text.codePoints().toArray();
    for (int i = 0; i < ids.length; i++) {
      int found = Arrays.binarySearch(codePoints, ids[i]);
      if (found < 0) {
        throw new VoluteException(
            "Character '%s' (U+%04X) at position %d is not in the vocabulary of %d characters"
                .formatted(Character.toString(ids[i]), ids[i], i, codePoints.length));
      }
      ids[i] = reserved.size() + found;
    }
    return ids;
  }

  /**
   * The text of some ids; reserved ids are left out.
   *
   * @throws VoluteException if an id is not in 0 .. size-1
   */
  public String decode(int... ids) {
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      if (id < 0 || id >= size()) {
        throw new VoluteException("Id " + id + " is not in a vocabulary of " + size());
      }
      if (id >= reserved.size()) {
        text.appendCodePoint(codePoints[id - reserved.size()]);
      }
    }
    return text.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CharVocabulary vocabulary
        && reserved.equals(vocabulary.reserved)
        && Arrays.equals(codePoints, vocabulary.codePoints);
  }

  @Override
  public int hashCode() {
    return 31 * reserved.hashCode() + Arrays.hashCode(codePoints);
  }

  @Override
  public String toString() {
    return "CharVocabulary" + reserved + new String(codePoints, 0, codePoints.length);
  }
}
