package dev.volute.runtime;

import dev.volute.graph.Graph;
import dev.volute.graph.GraphBuilder;
import dev.volute.graph.Node;
import dev.volute.graph.Op;
import dev.volute.graph.Value;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionChain;
import dev.volute.spi.Backend;
import dev.volute.spi.OpCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Joins a convolution with the one, or the chain, that its image is the result of, where nothing
 * else reads that and the backend claims the chain. What convolutions are joined with otherwise is
 * part of them by now.
 */
final class ChainConvolutions implements Rewrite.Pass {
  private final Backend backend;
  private final Map<Value, Integer> readers;

  private ChainConvolutions(Graph graph, Backend backend) {
    this.backend = backend;
    this.readers = Rewrite.readers(graph);
  }

  static Graph apply(Graph graph, Backend backend) {
    return Rewrite.apply(graph, new ChainConvolutions(graph, backend));
  }

  @Override
  public List<Value> rewrite(
      Node node, List<Value> inputs, UnaryOperator<Value> renamed, GraphBuilder builder) {
    if (node.op() instanceof Convolution stage && readers.get(node.inputs().get(0)) == 1) {
      Node image = inputs.get(0).node();
      Optional<Op> chain = chain(image.op(), stage);
      if (chain.isPresent()) {
        List<Value> all = new ArrayList<>(image.inputs());
        all.addAll(inputs.subList(1, inputs.size()));
        if (backend.claims(OpCall.of(chain.get(), all.stream().map(Value::type).toList()))) {
          return builder.apply(chain.get(), all);
        }
      }
    }
    return builder.apply(node.op(), inputs);
  }

  private static Optional<Op> chain(Op image, Convolution stage) {
    if (image instanceof Convolution first) {
      return Optional.of(new ConvolutionChain(List.of(first, stage)));
    }
    if (image instanceof ConvolutionChain chain) {
      List<Convolution> stages = new ArrayList<>(chain.stages());
      stages.add(stage);
      return Optional.of(new ConvolutionChain(stages));
    }
    return Optional.empty();
  }
}
