package dev.volute.conformance.mathematics;

import dev.volute.conformance.planned.PlannedGraph;
import dev.volute.conformance.rule.CheckList;
import dev.volute.conformance.rule.Rule;
import dev.volute.conformance.rule.Subject;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionGeometry;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.spi.Backend;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.List;

/** Laws of convolution, over one spatial axis and one channel unless said otherwise. */
public final class ConvolutionLaws {
  private static final List<int[]> LENGTHS =
      List.of(
          new int[] {1, 1},
          new int[] {7, 3},
          new int[] {13, 4},
          new int[] {64, 7},
          new int[] {100, 31});

  private ConvolutionLaws() {}

  public static void addTo(CheckList checks) {
    for (int[] lengths : LENGTHS) {
      int m = lengths[0];
      int n = lengths[1];
      for (int padding : new int[] {0, n - 1, 2 * (n - 1)}) {
        checks.add(
            Rule.MATH_1,
            "%d cells, kernel of %d, padding of %d together".formatted(m, n, padding),
            subject -> toeplitz(m, n, padding, checks.seed(), subject));
      }
      checks.add(
          Rule.MATH_2,
          "%d cells, kernel of %d".formatted(m, n),
          subject -> shift(m, n, checks.seed(), subject));
      checks.add(
          Rule.MATH_3,
          "polynomials of %d and %d coefficients".formatted(m, n),
          subject -> polynomials(m, n, checks.seed(), subject));
    }
  }

  private static ConvolutionGeometry padded(int before, int after) {
    return new ConvolutionGeometry(List.of(1), List.of(before), List.of(after), List.of(1), 1);
  }

  private static Tensor convolve(
      Backend backend, Tensor image, Tensor kernel, int before, int after) {
    Convolution op = new Convolution(padded(before, after), false, Activation.IDENTITY);
    Tensor planes = image.reshape(Shape.of(1, 1, image.length()));
    Tensor filters = kernel.reshape(Shape.of(1, 1, kernel.length()));
    Tensor result =
        PlannedGraph.run(
                backend,
                List.of(planes, filters),
                values -> List.of(values.get(0).apply(op, values.get(1))))
            .get(0);
    return result.reshape(Shape.of(result.length()));
  }

  /** {@code W[i][j] = K[j - i + before]}, the banded matrix whose product is the convolution. */
  private static double[][] matrix(Tensor kernel, int m, int before, int length) {
    double[][] matrix = new double[length][m];
    for (int i = 0; i < length; i++) {
      for (int j = 0; j < m; j++) {
        int k = j - i + before;
        matrix[i][j] = k >= 0 && k < kernel.length() ? kernel.get(k) : 0;
      }
    }
    return matrix;
  }

  private static void toeplitz(int m, int n, int padding, long seed, Subject subject) {
    Tensor image = Numbers.random(seed, m);
    Tensor kernel = Numbers.random(seed + 1, n);
    int before = padding / 2;
    int length = m + padding - n + 1;
    double[][] matrix = matrix(kernel, m, before, length);
    double[] expected = new double[length];
    Tensor gradient = Numbers.random(seed + 2, length);
    double[] toImage = new double[m];
    for (int i = 0; i < length; i++) {
      for (int j = 0; j < m; j++) {
        expected[i] += matrix[i][j] * image.get(j);
        toImage[j] += matrix[i][j] * gradient.get(i);
      }
    }
    Tensor got = convolve(subject.backend(), image, kernel, before, padding - before);
    Numbers.requireNear(Rule.MATH_1, "product", Numbers.of(Shape.of(length), expected), got, n);
    Tensor transposed =
        PlannedGraph.run(
                subject.backend(),
                List.of(
                    kernel.reshape(Shape.of(1, 1, n)), gradient.reshape(Shape.of(1, 1, length))),
                values ->
                    List.of(
                        values
                            .get(0)
                            .apply(
                                new ConvolutionInputGradient(
                                    padded(before, padding - before), Shape.of(1, 1, m)),
                                values.get(1))))
            .get(0);
    Numbers.requireNear(
        Rule.MATH_1,
        "product with the transposed matrix",
        Numbers.of(Shape.of(m), toImage),
        transposed.reshape(Shape.of(m)),
        n);
  }

  private static void shift(int m, int n, long seed, Subject subject) {
    Tensor kernel = Numbers.random(seed + 1, n);
    int far = 5;
    double[] wide = new double[m + far];
    double[] moved = new double[m + far];
    Tensor image = Numbers.random(seed, m);
    for (int i = 0; i < m; i++) {
      wide[i] = image.get(i);
      moved[i + far] = image.get(i);
    }
    Shape shape = Shape.of(m + far);
    Tensor plain = convolve(subject.backend(), Numbers.of(shape, wide), kernel, n - 1, n - 1);
    Tensor after = convolve(subject.backend(), Numbers.of(shape, moved), kernel, n - 1, n - 1);
    double[] expected = new double[plain.length()];
    for (int i = far; i < expected.length; i++) {
      expected[i] = plain.get(i - far);
    }
    Numbers.requireNear(Rule.MATH_2, "shift by 5", Numbers.of(plain.shape(), expected), after, n);
  }

  private static void polynomials(int m, int n, long seed, Subject subject) {
    Tensor a = Numbers.random(seed, m);
    Tensor b = Numbers.random(seed + 1, n);
    double[] product = new double[m + n - 1];
    double[] flipped = new double[n];
    for (int j = 0; j < n; j++) {
      flipped[n - 1 - j] = b.get(j);
      for (int i = 0; i < m; i++) {
        product[i + j] += a.get(i) * b.get(j);
      }
    }
    Tensor got = convolve(subject.backend(), a, Numbers.of(Shape.of(n), flipped), n - 1, n - 1);
    Numbers.requireNear(Rule.MATH_3, "product", Numbers.of(Shape.of(m + n - 1), product), got, n);
  }
}
