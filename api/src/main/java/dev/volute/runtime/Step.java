package dev.volute.runtime;

import dev.volute.spi.OpCall;
import java.util.List;
import java.util.Optional;

/** One kernel of a plan, not yet bound. */
record Step(
    OpCall call, List<Place> inputs, List<Place> outputs, Optional<Place> scratch, String path) {}
