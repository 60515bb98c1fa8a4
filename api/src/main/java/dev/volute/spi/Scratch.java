package dev.volute.spi;

import dev.volute.tensor.DType;

/** Memory that a kernel wants for its own use while it runs; contents are not kept between runs. */
public record Scratch(DType dtype, long elements) {
  public static final Scratch NONE = new Scratch(DType.F32, 0);

  public static Scratch floats(long elements) {
    return new Scratch(DType.F32, elements);
  }
}
