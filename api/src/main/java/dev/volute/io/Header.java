package dev.volute.io;

import dev.volute.tensor.DType;
import dev.volute.tensor.Shape;
import dev.volute.tensor.TensorType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The header of a safetensors file: what lies where in the data behind it.
 *
 * @param entries in the order of the header
 */
record Header(List<Entry> entries, Map<String, String> metadata) {
  static final String METADATA = "__metadata__";

  /** A tensor's type and its bytes {@code begin} (inclusive) to {@code end} in the data. */
  record Entry(String name, TensorType type, long begin, long end) {}

  /**
   * Lays tensors out without gaps, the types with the larger elements first so that every tensor is
   * aligned to its elements.
   */
  static Header of(Map<String, TensorType> types, Map<String, String> metadata) {
    Map<String, Entry> entries = new LinkedHashMap<>();
    long end = 0;
    List<String> layout = new ArrayList<>(types.keySet());
    layout.sort(Comparator.comparing(name -> -types.get(name).dtype().bytes()));
    for (String name : layout) {
      long begin = end;
      end += types.get(name).bytes();
      entries.put(name, new Entry(name, types.get(name), begin, end));
    }
    return new Header(types.keySet().stream().map(entries::get).toList(), metadata);
  }

  /** The entries in the order of their data. */
  static List<Entry> byPlace(Collection<Entry> entries) {
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    return sorted;
  }

  String toJson() {
    List<String> members = new ArrayList<>();
    if (!metadata.isEmpty()) {
      members.add(
          metadata.entrySet().stream()
              .map(each -> quoted(each.getKey()) + ":" + quoted(each.getValue()))
              .collect(Collectors.joining(",", quoted(METADATA) + ":{", "}")));
    }
    for (Entry entry : entries) {
      members.add(
          "%s:{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
              .formatted(
                  quoted(entry.name),
                  entry.type.dtype(),
                  entry.type.shape().toString().replace(" ", ""),
                  entry.begin,
                  entry.end));
    }
    return String.join(",", members).transform(all -> "{" + all + "}");
  }

  private static String quoted(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < 0x20) {
        json.append("\\u%04x".formatted((int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }

  /**
   * Parses and checks a header.
   *
   * @param start the offset of the header in the file, for messages
   * @param dataBytes the bytes that follow the header
   */
  static Header parse(Path file, byte[] json, long start, long dataBytes) {
    List<Entry> entries = new ArrayList<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    JsonReader reader =
        new JsonReader(
            json,
            (position, met, expected) ->
                new SafetensorsException(
                    file, "header, offset " + (start + position), met, expected));
    reader.object(
        key -> {
          if (key.equals(METADATA)) {
            reader.object(name -> metadata.put(name, reader.string()));
          } else {
            entries.add(new EntryParser(file, key, reader).parse());
          }
        });
    reader.end();
    requireSeamless(file, entries, dataBytes);
    return new Header(entries, metadata);
  }

  private static void requireSeamless(Path file, List<Entry> entries, long dataBytes) {
    long end = 0;
    for (Entry entry : byPlace(entries)) {
      if (entry.begin != end) {
        throw new SafetensorsException(
            file,
            "tensor \"" + entry.name + "\"",
            "data from byte %d, which %s"
                .formatted(entry.begin, entry.begin < end ? "overlaps others" : "leaves a gap"),
            "data from byte " + end);
      }
      end = entry.end;
    }
    if (end != dataBytes) {
      throw new SafetensorsException(
          file,
          "data behind the header",
          dataBytes + " bytes",
          end + " bytes, where the last tensor ends");
    }
  }

  /** Reads the value of one tensor's key. */
  private static final class EntryParser {
    private final Path file;
    private final String name;
    private final JsonReader reader;
    private Optional<DType> dtype = Optional.empty();
    private Optional<Shape> shape = Optional.empty();
    private Optional<List<Long>> offsets = Optional.empty();

    EntryParser(Path file, String name, JsonReader reader) {
      this.file = file;
      this.name = name;
      this.reader = reader;
    }

    Entry parse() {
      reader.object(
          key -> {
            switch (key) {
              case "dtype" -> dtype = Optional.of(dtype(reader.string()));
              case "shape" -> shape = Optional.of(shape(integers()));
              case "data_offsets" -> offsets = Optional.of(offsets(integers()));
              default -> throw fault("the key \"" + key + "\"", "dtype, shape and data_offsets");
            }
          });
      TensorType type =
          new TensorType(
              dtype.orElseThrow(() -> fault("no dtype", "one")),
              shape.orElseThrow(() -> fault("no shape", "one")));
      List<Long> range = offsets.orElseThrow(() -> fault("no data_offsets", "them"));
      long begin = range.get(0);
      long end = range.get(1);
      long bytes = bytes(type);
      if (end - begin != bytes) {
        throw fault(
            "data_offsets [%d, %d], which span %d bytes".formatted(begin, end, end - begin),
            "%d bytes for %s".formatted(bytes, type));
      }
      return new Entry(name, type, begin, end);
    }

    private List<Long> integers() {
      List<Long> values = new ArrayList<>();
      reader.array(() -> values.add(reader.integer()));
      return values;
    }

    private DType dtype(String text) {
      for (DType known : DType.values()) {
        if (known.name().equals(text)) {
          return known;
        }
      }
      throw fault("dtype \"" + text + "\"", "F32, F64 or I32");
    }

    private Shape shape(List<Long> lengths) {
      int[] result = new int[lengths.size()];
      for (int i = 0; i < result.length; i++) {
        long length = lengths.get(i);
        if (length < 0 || length > Integer.MAX_VALUE) {
          throw fault("shape " + lengths, "lengths of 0 to " + Integer.MAX_VALUE);
        }
        result[i] = (int) length;
      }
      return Shape.of(result);
    }

    private List<Long> offsets(List<Long> values) {
      if (values.size() != 2 || values.get(0) < 0 || values.get(1) < values.get(0)) {
        throw fault("data_offsets " + values, "two rising offsets, from 0 on");
      }
      return values;
    }

    private long bytes(TensorType type) {
      try {
        if (type.shape().elements() <= Integer.MAX_VALUE - 8) {
          return type.bytes();
        }
      } catch (ArithmeticException beyondLong) {
        // Refused below, as any shape is that no array can hold.
      }
      throw fault("shape " + type.shape(), "at most " + (Integer.MAX_VALUE - 8) + " elements");
    }

    private SafetensorsException fault(String met, String expected) {
      return new SafetensorsException(file, "tensor \"" + name + "\"", met, expected);
    }
  }
}
