package dev.volute.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("model.safetensors");
  }

  private static Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("ids", Tensor.of(Shape.of(3), 1, -2, Integer.MAX_VALUE));
    tensors.put("conv2d1/weight", Tensor.of(Shape.of(2, 2), 1f, -0f, Float.NaN, 1e-45f));
    tensors.put("moments \"é\" \\", Tensor.of(Shape.of(1, 2), 1e300, Double.NEGATIVE_INFINITY));
    tensors.put("none", Tensor.of(Shape.of(0, 4), new float[0]));
    tensors.put("scalar", Tensor.of(Shape.scalar(), 7f));
    return tensors;
  }

  private void raw(String header, int dataBytes) throws IOException {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, bytes.putLong(json.length).put(json).array());
  }

  private String refused() {
    String message =
        assertThrows(SafetensorsException.class, () -> Safetensors.read(file)).getMessage();
    assertTrue(message.contains(file.toString()), message);
    return message;
  }

  @Test
  void whatWasWrittenIsReadInTheSameOrder() {
    Map<String, String> metadata = Map.of("network", "Network[dense(3)]\n\u0001");
    new Safetensors(tensors(), metadata).write(file);
    Safetensors read = Safetensors.read(file);
    assertEquals(tensors(), read.tensors());
    assertEquals(List.copyOf(tensors().keySet()), new ArrayList<>(read.tensors().keySet()));
    assertEquals(metadata, read.metadata());
  }

  @Test
  void theBytesAreThoseOfTheFormat() throws IOException {
    Safetensors.of(Map.of("a", Tensor.of(Shape.of(2), 1f, -2f))).write(file);
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    int length = (int) bytes.getLong();
    byte[] json = new byte[length];
    bytes.get(json);
    assertEquals(0, length % 8);
    assertEquals(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
        new String(json, StandardCharsets.UTF_8).strip());
    assertEquals(1f, bytes.getFloat());
    assertEquals(-2f, bytes.getFloat());
    assertEquals(0, bytes.remaining());
  }

  @Test
  void aFailedWriteLeavesTheOldFileAndNothingElse() throws IOException {
    Safetensors.of(tensors()).write(file);
    byte[] before = Files.readAllBytes(file);
    Tensor one = Tensor.scalar(1);
    assertThrows(
        SafetensorsException.class, () -> Safetensors.of(Map.of("__metadata__", one)).write(file));
    assertThrows(
        SafetensorsException.class, () -> Safetensors.of(Map.of("\ud800", one)).write(file));
    assertThrows(
        SafetensorsException.class,
        () -> Safetensors.of(tensors()).write(folder.resolve("absent").resolve("file")));
    assertEquals(ByteBuffer.wrap(before), ByteBuffer.wrap(Files.readAllBytes(file)));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void everyTruncationIsNoticed() throws IOException {
    Safetensors.of(tensors()).write(file);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      refused();
    }
    Files.write(file, java.util.Arrays.copyOf(whole, whole.length + 1));
    assertTrue(refused().contains("where the last tensor ends"));
  }

  @Test
  void aMissingFileIsNamed() {
    assertTrue(refused().contains("there is no"));
  }

  @Test
  void headersThatDoNotKeepTheFormatAreRefused() throws IOException {
    Map<String, String> faults = new LinkedHashMap<>();
    String good = "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
    faults.put("{\"a\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[0,8]}}", "F16");
    faults.put("{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", "12 bytes");
    faults.put("{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", "[-2]");
    faults.put("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", "[8, 0]");
    faults.put("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[1,9]}}", "gap");
    faults.put("{\"a\":" + good + ",\"b\":" + good + "}", "overlaps");
    faults.put("{\"a\":" + good + ",\"a\":" + good + "}", "second time");
    faults.put("{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", "data_offsets");
    faults.put(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,8]}}", "whole number");
    faults.put(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999,99999999,99999],\"data_offsets\":[0,8]}}",
        "at most");
    faults.put("{\"a\":" + good + ",}", "'\"'");
    faults.put("{\"a\":" + good + "} x", "behind the last brace");
    faults.put("[1]", "'{'");
    for (Map.Entry<String, String> fault : faults.entrySet()) {
      raw(fault.getKey(), 8);
      String message = refused();
      assertTrue(message.contains(fault.getValue()), fault.getKey() + ": " + message);
    }
    raw("{\"a\":" + good + "}", 8);
    assertEquals(Tensor.of(Shape.of(2), 0f, 0f), Safetensors.read(file).tensors().get("a"));
  }
}
