package dev.volute.conformance.op;

import dev.volute.tensor.DType;
import java.util.SplittableRandom;

/**
 * What a tensor of a case holds.
 *
 * @param dtype the element type
 * @param source gives the elements
 */
public record Values(DType dtype, Source source) {

  /** Gives element {@code i} of {@code count}. */
  @FunctionalInterface
  public interface Source {
    double get(int i, int count, SplittableRandom random);
  }

  private static Values floats(Source source) {
    return new Values(DType.F32, source);
  }

  private static Values whole(Source source) {
    return new Values(DType.I32, source);
  }

  /** The same in another element type. */
  public Values as(DType other) {
    return new Values(other, source);
  }

  /** Evenly between {@code from} and {@code to}. */
  public static Values between(double from, double to) {
    return floats((i, count, random) -> from + (to - from) * random.nextDouble());
  }

  /** Evenly between -1 and 1. */
  public static Values uniform() {
    return between(-1, 1);
  }

  /** Of either sign, with orders of magnitude evenly from {@code 2^from} to {@code 2^to}. */
  public static Values magnitudes(int from, int to) {
    return floats(
        (i, count, random) ->
            (random.nextBoolean() ? 1 : -1)
                * Math.pow(2, from + (to - from) * random.nextDouble()));
  }

  /** Few whole numbers, so that many elements are equal. */
  public static Values repeated() {
    return floats((i, count, random) -> random.nextInt(-3, 4));
  }

  /** Mostly ordinary numbers; some NaN, infinities and zeros of both signs. */
  public static Values special() {
    double[] specials = {
      Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0.0, -0.0, 1, -1
    };
    return floats(
        (i, count, random) ->
            random.nextInt(3) == 0
                ? specials[random.nextInt(specials.length)]
                : 4 * random.nextDouble() - 2);
  }

  /** Ordinary numbers, and one of the given ones at one place in about a hundred. */
  public static Values rarely(double... specials) {
    return floats(
        (i, count, random) ->
            random.nextInt(100) == 0
                ? specials[random.nextInt(specials.length)]
                : 2 * random.nextDouble() - 1);
  }

  /** Numbers below the smallest normal one, of either sign. */
  public static Values subnormal() {
    return floats((i, count, random) -> random.nextInt(-8_000_000, 8_000_000) * 0x1p-149);
  }

  /** 0 or something else, for conditions. */
  public static Values conditions() {
    double[] some = {0, 1, -0.0, -2.5, Double.NaN, 0};
    return floats((i, count, random) -> some[random.nextInt(some.length)]);
  }

  /** These, over and over. */
  public static Values fixed(double... values) {
    return floats((i, count, random) -> values[i % values.length]);
  }

  /** These, over and over. */
  public static Values fixedIntegers(int... values) {
    return whole((i, count, random) -> values[i % values.length]);
  }

  /** Whole numbers from {@code from} (inclusive) to {@code to} (exclusive). */
  public static Values integers(int from, int to) {
    return whole((i, count, random) -> random.nextInt(from, to));
  }

  /** The elements of a tensor. */
  double[] make(int count, SplittableRandom random) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      double value = source.get(i, count, random);
      values[i] =
          switch (dtype) {
            case F32 -> (float) value;
            case F64 -> value;
            case I32 -> (int) value;
          };
    }
    return values;
  }
}
