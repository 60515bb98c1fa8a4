package dev.volute.backend.java.recurrent;

import dev.volute.backend.java.kernel.Floats;

/** A matrix for each step, with one row for each entry of the batch. */
interface StepRows {
  float[] array(int t);

  /** Where a row of step t begins. */
  int at(int row, int t);

  /** Distance of the rows of step t. */
  int rowStep(int t);

  /** The same {@code [batch, width]} at every step. */
  record Same(Floats values, int width) implements StepRows {
    @Override
    public float[] array(int t) {
      return values.array();
    }

    @Override
    public int at(int row, int t) {
      return values.offset() + row * width;
    }

    @Override
    public int rowStep(int t) {
      return width;
    }
  }

  /** Each step's own of {@code [batch, time, width]}. */
  record Sequence(Floats values, int time, int width) implements StepRows {
    @Override
    public float[] array(int t) {
      return values.array();
    }

    @Override
    public int at(int row, int t) {
      return values.offset() + (row * time + t) * width;
    }

    @Override
    public int rowStep(int t) {
      return time * width;
    }

    /** The columns from one on. */
    Sequence from(int column) {
      return new Sequence(values.plus(column), time, width);
    }
  }

  /**
   * Some steps' own at a time: {@code [batch, steps, pitch]}. The last steps begin so that there
   * are as many of them; the first of these may have been there before.
   *
   * @param pitch distance of the rows of one entry of the batch, at least their width
   */
  record Chunk(Floats values, int time, int steps, int pitch) implements StepRows {
    /** The first of the steps that are there with step t. */
    int first(int t) {
      return Math.min(t - t % steps, time - steps);
    }

    @Override
    public float[] array(int t) {
      return values.array();
    }

    @Override
    public int at(int row, int t) {
      return begin(row) + (t - first(t)) * pitch;
    }

    /** Where the first of the steps that are there begins. */
    int begin(int row) {
      return values.offset() + row * steps * pitch;
    }

    @Override
    public int rowStep(int t) {
      return steps * pitch;
    }

    /** The columns from one on. */
    Chunk from(int column) {
      return new Chunk(values.plus(column), time, steps, pitch);
    }
  }

  /**
   * Some steps' own at a time, step by step: {@code [steps, batch, width]}. A step's place is the
   * same in each chunk of so many.
   *
   * @param distance of rows, at least their width
   */
  record Slices(Floats values, int batch, int steps, int distance) implements StepRows {
    @Override
    public float[] array(int t) {
      return values.array();
    }

    @Override
    public int at(int row, int t) {
      return values.offset() + (t % steps * batch + row) * distance;
    }

    @Override
    public int rowStep(int t) {
      return distance;
    }

    /** The columns from one on. */
    Slices from(int column) {
      return new Slices(values.plus(column), batch, steps, distance);
    }
  }

  /**
   * States before each step: first what was given, then what the step before left.
   *
   * @param after the states after each step
   */
  record Before(Same first, Sequence after) implements StepRows {
    @Override
    public float[] array(int t) {
      return t == 0 ? first.array(t) : after.array(t);
    }

    @Override
    public int at(int row, int t) {
      return t == 0 ? first.at(row, t) : after.at(row, t - 1);
    }

    @Override
    public int rowStep(int t) {
      return t == 0 ? first.rowStep(t) : after.rowStep(t);
    }
  }
}
