package dev.volute.bench;

import dev.volute.nn.Model;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.Backends;
import dev.volute.tensor.Shape;
import dev.volute.tensor.Tensor;
import dev.volute.tensor.TensorType;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a user waits for who starts a program for one answer: reads LeNet from a file and predicts
 * once, on one thread. {@code bench/startup} times it.
 */
final class ColdStart {
  private ColdStart() {}

  /**
   * @param arguments the backend's name, and a file of safetensors, which is written if it is not
   *     there
   */
  public static void main(String[] arguments) {
    Path file = Path.of(arguments[1]);
    Shape sample = Shape.of(1, 28, 28);
    try (Backend backend = Backends.open(arguments[0], BackendOptions.threads(1));
        Model model =
            Files.exists(file)
                ? Networks.lenet().read(file, sample, backend)
                : Networks.lenet().init(sample, backend, 1)) {
      if (!Files.exists(file)) {
        model.save(file);
      }
      Tensor answer = model.predict(Tensor.zeros(TensorType.f32(1, 1, 28, 28)));
      System.out.println(answer.get(0));
    }
  }
}
