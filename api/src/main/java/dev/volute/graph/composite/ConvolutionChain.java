package dev.volute.graph.composite;

import dev.volute.graph.Arguments;
import dev.volute.graph.Op;
import dev.volute.graph.Value;
import dev.volute.tensor.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Convolutions of which each takes the result of the one before as its image: {@code y[0] = x, y[i]
 * = stage[i](y[i - 1])}. A backend that computes all of them for some rows before it goes on to the
 * next rows need not store what lies between as a whole.
 *
 * <p>Inputs: the first stage's image; then, for each stage, its inputs behind the image. Result:
 * the last stage's.
 *
 * @param stages at least two
 */
public record ConvolutionChain(List<Convolution> stages) implements Op {
  public ConvolutionChain {
    stages = List.copyOf(stages);
    Arguments.require(
        stages.size() > 1, "A chain has two convolutions or more, not %d", stages.size());
  }

  /** The input that is a stage's filter; that stage's others follow. */
  public int filterInput(int stage) {
    return 1 + stages.subList(0, stage).stream().mapToInt(each -> each.inputs() - 1).sum();
  }

  /** The inputs of a stage, of whatever kind, with an image in the place of the first. */
  public <T> List<T> inputs(int stage, T image, List<T> all) {
    List<T> own = new ArrayList<>(List.of(image));
    own.addAll(all.subList(filterInput(stage), filterInput(stage + 1)));
    return own;
  }

  @Override
  public List<TensorType> infer(List<TensorType> inputs) {
    Arguments.exactly(this, inputs, filterInput(stages.size()));
    TensorType image = inputs.get(0);
    for (int i = 0; i < stages.size(); i++) {
      image = stages.get(i).infer(inputs(i, image, inputs)).get(0);
    }
    return List.of(image);
  }

  @Override
  public Optional<Lowering> lowering() {
    return Optional.of(
        inputs -> {
          Value y = inputs.get(0);
          for (int i = 0; i < stages.size(); i++) {
            List<Value> own = inputs(i, y, inputs);
            y = y.apply(stages.get(i), own.subList(1, own.size()).toArray(Value[]::new));
          }
          return List.of(y);
        });
  }
}
