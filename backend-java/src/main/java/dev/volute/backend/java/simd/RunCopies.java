package dev.volute.backend.java.simd;

/**
 * Copies of short runs of floats from many places to rows behind one another, and back; and of
 * every second element.
 */
public interface RunCopies {
  /** The longest run. */
  int longest();

  /** Elements behind the end of a run that may be read, and written in the target. */
  int overrun();

  /**
   * Copies the same runs once for each origin: element i of run r, read from {@code sourceAt +
   * origins[o] + from[r] + i}, goes to {@code targetAt + (o - firstOrigin) * targetStep + to[r] +
   * i}. The runs must fill a row in ascending order without gaps. Up to {@link #overrun} elements
   * behind the last run of each row are overwritten.
   */
  void copy(
      int[] origins,
      int firstOrigin,
      int endOrigin,
      int[] from,
      int[] to,
      int[] length,
      int firstRun,
      int endRun,
      float[] source,
      int sourceAt,
      float[] target,
      int targetAt,
      int targetStep);

  /**
   * The adjoint of {@link #copy}: adds to element {@code targetAt + origins[o] + from[r] + i} what
   * is at {@code sourceAt + (o - firstOrigin) * sourceStep + to[r] + i}, for every {@code step}th
   * origin. Up to {@link #overrun} elements behind each run are read, and zero may be added to
   * them.
   */
  void add(
      int[] origins,
      int firstOrigin,
      int endOrigin,
      int step,
      int[] from,
      int[] to,
      int[] length,
      int firstRun,
      int endRun,
      float[] source,
      int sourceAt,
      int sourceStep,
      float[] target,
      int targetAt);

  /** {@code y[yAt + i] = x[xAt + 2 i]} for {@code i < n}. */
  void everySecond(int n, float[] x, int xAt, float[] y, int yAt);

  /**
   * Copies planes of m rows of n elements to where the rows of each lie side by side: that at
   * {@code xAt + origins[p]}, with rows at distances of {@code xStep}, to {@code yAt + p * yStep}.
   */
  void planes(
      int[] origins, int m, int n, float[] x, int xAt, int xStep, float[] y, int yAt, int yStep);
}
