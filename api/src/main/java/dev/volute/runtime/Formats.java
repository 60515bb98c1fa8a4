package dev.volute.runtime;

import dev.volute.graph.Binary;
import dev.volute.graph.Broadcast;
import dev.volute.graph.Graph;
import dev.volute.graph.Node;
import dev.volute.graph.Op;
import dev.volute.graph.Reduce;
import dev.volute.graph.Unary;
import dev.volute.graph.Value;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.graph.composite.BatchNormInference;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.graph.composite.MaxPool;
import dev.volute.spi.Backend;
import dev.volute.spi.OpCall;
import dev.volute.tensor.MemoryFormat;
import dev.volute.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * In which memory format each value of a graph lies. A value lies channels last where the op that
 * gives it and all that take it can do so: no value is copied to change its format. Functions of
 * elements take and give either. They and batch normalisation read their operands of the result's
 * shape side by side, and maximum pooling gives places beside values, so these all lie the same
 * way; what a function of elements repeats over the pixels fits both.
 */
final class Formats {
  private static final Set<Class<? extends Op>> ALIKE =
      Set.of(
          BatchNormTraining.class,
          BatchNormGradient.class,
          BatchNormInference.class,
          MaxPool.class);

  private final Backend backend;
  private final Set<Value> channelsLast = new HashSet<>();

  private Formats(Backend backend) {
    this.backend = backend;
  }

  static Formats of(Graph graph, Schedule schedule, Backend backend) {
    Formats formats = new Formats(backend);
    List<Node> nodes = schedule.compute();
    for (Node node : nodes) {
      formats.addCandidates(node);
    }
    graph.outputs().forEach(formats.channelsLast::remove);
    formats.channelsLast.removeAll(graph.updates().values());
    List<Node> readers = new ArrayList<>(nodes);
    readers.addAll(schedule.commit());
    readers.forEach(formats::removeRefused);
    while (formats.removeDisagreeing(nodes)) {
      // Each removal may make others disagree.
    }
    return formats;
  }

  MemoryFormat of(Value value) {
    return channelsLast.contains(value) ? MemoryFormat.CHANNELS_LAST : MemoryFormat.ROW_MAJOR;
  }

  List<MemoryFormat> of(List<Value> values) {
    return values.stream().map(this::of).toList();
  }

  private void addCandidates(Node node) {
    for (Value output : node.outputs()) {
      if (output.shape().rank() > 2 && (isElementwise(node) || gives(node, output))) {
        channelsLast.add(output);
      }
    }
  }

  private boolean gives(Node node, Value output) {
    return isComposite(node) && backend.givesChannelsLast(call(node), output.index());
  }

  private void removeRefused(Node node) {
    for (int i = 0; i < node.inputs().size(); i++) {
      Value input = node.inputs().get(i);
      if (channelsLast.contains(input) && !takes(node, i)) {
        channelsLast.remove(input);
      }
    }
  }

  private boolean takes(Node node, int input) {
    if (isComposite(node)) {
      return backend.takesChannelsLast(call(node), input);
    }
    Shape shape = node.inputs().get(input).shape();
    return isElementwise(node)
        ? shape.equals(node.outputs().get(0).shape())
        : node.op() instanceof Reduce reduce && keepsChannels(reduce, shape);
  }

  /** Whether what is left has no axes but channels and perhaps the batch. */
  private static boolean keepsChannels(Reduce reduce, Shape shape) {
    Set<Integer> axes = new HashSet<>(reduce.axes());
    boolean spatial = !axes.contains(1);
    for (int axis = 2; axis < shape.rank(); axis++) {
      spatial &= axes.contains(axis);
    }
    return spatial;
  }

  private boolean removeDisagreeing(List<Node> nodes) {
    boolean removed = false;
    for (Node node : nodes) {
      if (isElementwise(node) || ALIKE.contains(node.op().getClass())) {
        List<Value> alike = alike(node);
        boolean disagree = !channelsLast.containsAll(alike);
        removed |= disagree && channelsLast.removeAll(alike);
      }
    }
    return removed;
  }

  /** The operands and results that have the first result's shape and are not free of format. */
  private static List<Value> alike(Node node) {
    Value result = node.outputs().get(0);
    List<Value> alike = new ArrayList<>(node.inputs());
    alike.addAll(node.outputs());
    alike.removeIf(
        value ->
            !value.shape().equals(result.shape())
                || (isElementwise(node) && repeatsChannels(value)));
    return alike;
  }

  /**
   * Whether the value repeats what has no axes but channels and perhaps the batch: functions of
   * elements read it where it lies, beside either format.
   */
  private static boolean repeatsChannels(Value value) {
    if (!(value.node().op() instanceof Broadcast)) {
      return false;
    }
    Shape repeated = value.node().inputs().get(0).shape();
    int added = value.shape().rank() - repeated.rank();
    boolean spatial = true;
    for (int axis = 2; axis < value.shape().rank(); axis++) {
      spatial &= axis < added || repeated.dim(axis - added) == 1;
    }
    return spatial;
  }

  private static boolean isElementwise(Node node) {
    return node.op() instanceof Unary || node.op() instanceof Binary;
  }

  private static boolean isComposite(Node node) {
    return node.op().lowering().isPresent();
  }

  private static OpCall call(Node node) {
    return new OpCall(
        node.op(),
        node.inputs().stream().map(Value::type).toList(),
        node.outputs().stream().map(Value::type).toList());
  }
}
