package dev.volute.data;

/** Some samples of another data set, in an order of their own. */
final class Selection implements Dataset {
  private final Dataset whole;
  private final int[] samples;

  Selection(Dataset whole, int[] samples) {
    SampleNumbers.require(samples, whole.size());
    this.whole = whole;
    this.samples = samples.clone();
  }

  @Override
  public int size() {
    return samples.length;
  }

  @Override
  public Batch batch(int... numbers) {
    SampleNumbers.require(numbers, samples.length);
    int[] inWhole = new int[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      inWhole[i] = samples[numbers[i]];
    }
    return whole.batch(inWhole);
  }
}
