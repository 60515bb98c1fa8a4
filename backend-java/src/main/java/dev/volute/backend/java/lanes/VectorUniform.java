package dev.volute.backend.java.lanes;

import dev.volute.backend.java.simd.Uniform;

/** Philox 4x32-10 on vectors. */
final class VectorUniform implements Uniform {
  private final Uniform rest;

  /**
   * @param rest makes the blocks that do not fill a vector
   */
  VectorUniform(Uniform rest) {
    this.rest = rest;
  }

  @Override
  public void fill(long firstBlock, int blocks, int stream, Key key, float[] out, int at) {
    int low = key.low();
    int high = key.high();
    int step = key.step();
    int block = 0;
    for (; block <= blocks - PhiloxVectors.BLOCKS; block += PhiloxVectors.BLOCKS) {
      PhiloxVectors.fill(firstBlock + block, stream, step, low, high, out, at + 4 * block);
    }
    rest.fill(firstBlock + block, blocks - block, stream, key, out, at + 4 * block);
  }
}
