package dev.volute.backend.java.plain;

/**
 * Functions of each element, {@code y[i] = f(a[i], b[i])}: one loop each over whole arrays from
 * index 0 on, which is the form that the JVM's compiler turns into vector instructions by itself.
 */
final class PlainFunctions {
  private PlainFunctions() {}

  static void negate(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = -a[i];
    }
  }

  static void abs(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.abs(a[i]);
    }
  }

  static void sign(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.signum(a[i]);
    }
  }

  static void sqrt(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = (float) Math.sqrt(a[i]);
    }
  }

  static void exp(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = Scalars.exp(a[i]);
    }
  }

  static void log(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = Scalars.log(a[i]);
    }
  }

  static void tanh(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = Scalars.tanh(a[i]);
    }
  }

  static void sigmoid(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = Scalars.sigmoid(a[i]);
    }
  }

  static void relu(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.max(a[i], 0f);
    }
  }

  static void add(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] + b[i];
    }
  }

  static void subtract(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] - b[i];
    }
  }

  static void multiply(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] * b[i];
    }
  }

  static void divide(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] / b[i];
    }
  }

  static void maximum(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.max(a[i], b[i]);
    }
  }

  static void minimum(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.min(a[i], b[i]);
    }
  }

  static void power(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = Scalars.power(a[i], b[i]);
    }
  }

  static void equal(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] == b[i] ? 1f : 0f;
    }
  }

  static void less(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] < b[i] ? 1f : 0f;
    }
  }

  static void lessEqual(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] <= b[i] ? 1f : 0f;
    }
  }

  static void reluGradient(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] > 0f ? b[i] : 0f;
    }
  }

  static void tanhGradient(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = b[i] * (1f - a[i] * a[i]);
    }
  }

  static void sigmoidGradient(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = b[i] * a[i] * (1f - a[i]);
    }
  }

  static void relu6(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = Math.min(Math.max(a[i], 0f), 6f);
    }
  }

  static void relu6Gradient(int n, float[] y, float[] a, float[] b) {
    for (int i = 0; i < n; i++) {
      y[i] = a[i] > 0f && a[i] < 6f ? b[i] : 0f;
    }
  }
}
