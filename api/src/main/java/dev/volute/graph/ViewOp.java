package dev.volute.graph;

import dev.volute.tensor.View;
import java.util.Optional;

/**
 * Movement without computing: the output reads its input's memory through other strides. Plans turn
 * these into addresses; backends never see them.
 */
public sealed interface ViewOp extends Op
    permits Identity, Reshape, Permute, Broadcast, Slice, Flip, Window {
  /** The output's view over the memory of {@code input}; empty if strides cannot express it. */
  Optional<View> view(View input);
}
