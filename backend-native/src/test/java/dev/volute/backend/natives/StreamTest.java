package dev.volute.backend.natives;

import static dev.volute.nn.Layers.gru;
import static dev.volute.nn.Layers.gruResetAfter;
import static dev.volute.nn.Layers.lstm;
import static dev.volute.nn.Layers.rnn;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.volute.nn.Model;
import dev.volute.nn.Network;
import dev.volute.nn.StreamSession;
import dev.volute.spi.Backend;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps ready a part of the next one's sums: that must not show, whoever goes on. */
class StreamTest {
  private static final int TIME = 7;
  private static final int FEATURES = 5;
  private static final int UNITS = 17;

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void stepsInTurnsAreThoseOfTheirOwnSequences(int threads) {
    Network network = Network.of(lstm(130), gru(33), gruResetAfter(65), rnn(UNITS));
    try (Backend backend = new OpRunner("", threads).open();
        Model model = network.init(Shape.of(TIME, FEATURES), backend, 3)) {
      Tensor a = OpRunner.random(1, 1, TIME, FEATURES);
      Tensor b = OpRunner.random(2, 1, TIME, FEATURES);
      float[] ofA = model.predict(a).floats().clone();
      float[] ofB = model.predict(b).floats().clone();
      StreamSession first = model.stream();
      StreamSession second = model.stream();
      for (int t = 0; t < TIME; t++) {
        assertArrayEquals(step(ofA, t, UNITS), first.step(stepOf(a, t)).floats(), 2e-6f);
        // From its fourth step on, the other one takes turns with it.
        if (t > 2) {
          assertArrayEquals(step(ofB, t - 3, UNITS), second.step(stepOf(b, t - 3)).floats(), 2e-6f);
        }
      }
      first.reset();
      for (int t = 0; t < TIME; t++) {
        assertArrayEquals(step(ofB, t, UNITS), first.step(stepOf(b, t)).floats(), 2e-6f);
      }
    }
  }

  private static Tensor stepOf(Tensor sequence, int t) {
    return Tensor.of(Shape.of(1, FEATURES), step(sequence.floats(), t, FEATURES));
  }

  private static float[] step(float[] sequence, int t, int length) {
    return Arrays.copyOfRange(sequence, t * length, (t + 1) * length);
  }
}
