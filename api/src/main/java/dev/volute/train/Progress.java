package dev.volute.train;

/** Where training stands; the same object throughout. */
public final class Progress {
  private final int epochs;
  private int epoch;
  private int step;
  private int steps;
  private double loss = Double.NaN;
  private boolean stopped;

  Progress(int epochs) {
    this.epochs = epochs;
  }

  void begin(int newEpoch, int newSteps) {
    epoch = newEpoch;
    steps = newSteps;
    step = 0;
  }

  void advance(double newLoss) {
    step++;
    loss = newLoss;
  }

  /** The present epoch, counted from 1; 0 before the first. */
  public int epoch() {
    return epoch;
  }

  /** The number of epochs that were asked for. */
  public int epochs() {
    return epochs;
  }

  /** Steps done in the present epoch. */
  public int step() {
    return step;
  }

  /** Steps of the present epoch in all. */
  public int steps() {
    return steps;
  }

  /** Loss of the last step; NaN before the first. */
  public double loss() {
    return loss;
  }

  /** Ends training after the present epoch. */
  public void stop() {
    stopped = true;
  }

  public boolean stopped() {
    return stopped;
  }
}
