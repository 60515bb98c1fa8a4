package dev.volute.runtime;

import dev.volute.tensor.DType;
import dev.volute.tensor.TensorType;
import dev.volute.tensor.View;

/** Where a value lies: a buffer, and a view whose offsets count from the buffer's start. */
record Place(Buffer buffer, View view) {
  static Place whole(Buffer buffer, TensorType type) {
    return new Place(buffer, View.dense(type.shape(), 0));
  }

  TensorType type() {
    return new TensorType(buffer.dtype, view.shape());
  }

  DType dtype() {
    return buffer.dtype;
  }
}
