package dev.volute.io;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads the little JSON that a safetensors header needs: objects, arrays, strings and whole
 * numbers. Strict: what RFC 8259 does not allow is an error.
 */
final class JsonReader {
  private static final int END = -1;

  /** Makes the exception for a syntax error. */
  @FunctionalInterface
  interface Fault {
    RuntimeException at(int position, String met, String expected);
  }

  private final byte[] text;
  private final Fault fault;
  private int position;

  JsonReader(byte[] text, Fault fault) {
    this.text = text;
    this.fault = fault;
  }

  /** The position of the next byte. */
  int position() {
    return position;
  }

  /** Reads an object with distinct keys; {@code value} reads the value behind each key. */
  void object(Consumer<String> value) {
    Set<String> keys = new HashSet<>();
    sequence(
        '{',
        '}',
        () -> {
          int start = position;
          String key = string();
          if (!keys.add(key)) {
            throw fault.at(start, "the key \"" + key + "\" a second time", "each key once");
          }
          skipSpace();
          expect(':');
          skipSpace();
          value.accept(key);
        });
  }

  /** Reads an array; {@code element} reads each of its elements. */
  void array(Runnable element) {
    sequence('[', ']', element);
  }

  private void sequence(char open, char close, Runnable element) {
    expect(open);
    skipSpace();
    if (peek() == close) {
      position++;
      return;
    }
    while (true) {
      skipSpace();
      element.run();
      skipSpace();
      int next = peek();
      if (next == close) {
        position++;
        return;
      }
      if (next != ',') {
        throw unexpected("',' or '" + close + "'");
      }
      position++;
    }
  }

  String string() {
    int start = position;
    expect('"');
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    while (true) {
      int next = peek();
      if (next == '"') {
        position++;
        return decode(bytes.toByteArray(), start);
      }
      if (next == END || next < 0x20) {
        throw unexpected("a character of a string or '\"'");
      }
      position++;
      if (next == '\\') {
        bytes.writeBytes(escaped().getBytes(StandardCharsets.UTF_8));
      } else {
        bytes.write(next);
      }
    }
  }

  private String decode(byte[] bytes, int start) {
    try {
      CharBuffer chars = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return chars.toString();
    } catch (CharacterCodingException malformed) {
      throw fault.at(start, "a string that is not UTF-8", "UTF-8");
    }
  }

  private String escaped() {
    int code = peek();
    switch (code) {
      case '"', '\\', '/' -> {
        position++;
        return Character.toString(code);
      }
      case 'b', 'f', 'n', 'r', 't' -> {
        position++;
        return Character.toString("\b\f\n\r\t".charAt("bfnrt".indexOf(code)));
      }
      case 'u' -> {
        char first = unicodeEscape();
        if (!Character.isSurrogate(first)) {
          return Character.toString(first);
        }
        int between = position;
        if (Character.isHighSurrogate(first) && peek() == '\\') {
          position++;
          if (peek() == 'u') {
            char second = unicodeEscape();
            if (Character.isLowSurrogate(second)) {
              return new String(new char[] {first, second});
            }
          }
        }
        throw fault.at(between, "half a surrogate pair", "both halves");
      }
      default -> throw unexpected("one of \" \\ / b f n r t u behind a backslash");
    }
  }

  private char unicodeEscape() {
    position++;
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int next = peek();
      int digit = next == END ? -1 : Character.digit((char) next, 16);
      if (digit < 0) {
        throw unexpected("four hexadecimal digits behind \\u");
      }
      position++;
      value = 16 * value + digit;
    }
    return (char) value;
  }

  /** A whole number that fits in 64 bits. */
  long integer() {
    int start = position;
    boolean negative = peek() == '-';
    if (negative) {
      position++;
    }
    int firstDigit = position;
    while (isDigit(peek())) {
      position++;
    }
    if (position == firstDigit) {
      throw unexpected("a digit");
    }
    String digits = new String(text, start, position - start, StandardCharsets.US_ASCII);
    if (text[firstDigit] == '0' && position - firstDigit > 1) {
      throw fault.at(start, digits, "a number without leading zeros");
    }
    if (peek() == '.' || peek() == 'e' || peek() == 'E') {
      throw unexpected("a whole number");
    }
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException tooLarge) {
      throw fault.at(start, digits, "a number of at most 64 bits");
    }
  }

  private static boolean isDigit(int next) {
    return next >= '0' && next <= '9';
  }

  /** Nothing but white space may follow. */
  void end() {
    skipSpace();
    if (peek() != END) {
      throw unexpected("nothing but spaces behind the last brace");
    }
  }

  private void expect(char wanted) {
    if (peek() != wanted) {
      throw unexpected("'" + wanted + "'");
    }
    position++;
  }

  private RuntimeException unexpected(String expected) {
    int next = peek();
    String met;
    if (next == END) {
      met = "the end of the header";
    } else if (next > 0x20 && next < 0x7f) {
      met = "'" + (char) next + "'";
    } else {
      met = "byte 0x%02x".formatted(next);
    }
    return fault.at(position, met, expected);
  }

  private void skipSpace() {
    while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') {
      position++;
    }
  }

  private int peek() {
    return position < text.length ? text[position] & 0xFF : END;
  }
}
