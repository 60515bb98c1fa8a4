package dev.volute.bench;

import dev.volute.graph.Op;
import dev.volute.graph.composite.Activation;
import dev.volute.graph.composite.AdamUpdate;
import dev.volute.graph.composite.BatchNormGradient;
import dev.volute.graph.composite.BatchNormTraining;
import dev.volute.graph.composite.Convolution;
import dev.volute.graph.composite.ConvolutionChain;
import dev.volute.graph.composite.ConvolutionInputGradient;
import dev.volute.graph.composite.EmbeddedRecurrent;
import dev.volute.graph.composite.EmbeddedRecurrentGradient;
import dev.volute.graph.composite.Linear;
import dev.volute.graph.composite.Recurrent;
import dev.volute.graph.composite.RecurrentGradient;
import dev.volute.graph.composite.SgdUpdate;
import dev.volute.graph.composite.SoftmaxCrossEntropy;
import dev.volute.graph.composite.SoftmaxCrossEntropyGradient;
import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.Backends;
import dev.volute.spi.ForwardingBackend;
import dev.volute.spi.Kernel;
import dev.volute.spi.OpCall;
import dev.volute.spi.Operand;
import dev.volute.spi.Operands;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.function.Predicate;

/** What makes backends fast and can be done without, to see what it gains. */
enum Technique {
  /** Values between ops lie channels last where ops agree. */
  CHANNELS_LAST {
    @Override
    Ablated without(String name, BackendOptions options) {
      return new Ablated(Backends.open(name, options)) {
        @Override
        public boolean takesChannelsLast(OpCall call, int input) {
          return refuses(super.takesChannelsLast(call, input));
        }

        @Override
        public boolean givesChannelsLast(OpCall call, int output) {
          return refuses(super.givesChannelsLast(call, output));
        }
      };
    }
  },
  /** Convolutions of 3 by 3 filters transform tiles of images, F(4x4, 3x3), to multiply less. */
  MINIMAL_FILTERING {
    @Override
    Ablated without(String name, BackendOptions options) {
      Backend usual = Backends.open(name, options);
      return new Ablated(Backends.open(name, options.withoutMinimalFiltering())) {
        @Override
        public Kernel bind(OpCall call, Operands operands) {
          refuses(!algorithm(call).equals(usual.algorithm(call)));
          return super.bind(call, operands);
        }

        @Override
        public void close() {
          super.close();
          usual.close();
        }
      };
    }
  },
  /**
   * Residuals and activations are part of the op before them, in both directions; convolutions are
   * chained.
   */
  JOINT_OPS {
    @Override
    Ablated without(String name, BackendOptions options) {
      return unclaimed(name, options, Technique::joins);
    }
  },
  /** Weights that stay the same are packed once a model. */
  PACKED_CONSTANTS {
    @Override
    Ablated without(String name, BackendOptions options) {
      return new Ablated(Backends.open(name, options)) {
        @Override
        public Kernel bind(OpCall call, Operands operands) {
          return super.bind(
              call,
              new Operands(
                  operands.inputs().stream().map(this::changing).toList(),
                  operands.outputs(),
                  operands.scratch(),
                  (constant, form, pack) -> pack.get()));
        }

        private Operand changing(Operand operand) {
          return new Operand(operand.memory(), operand.view(), refuses(operand.constant()));
        }
      };
    }
  },
  /** Batch normalisation and its gradient are one kernel each. */
  BATCH_NORM_KERNELS {
    @Override
    Ablated without(String name, BackendOptions options) {
      return unclaimed(
          name, options, op -> op instanceof BatchNormTraining || op instanceof BatchNormGradient);
    }
  },
  /** A recurrence over all steps is one kernel, and its gradient another. */
  RECURRENT_KERNELS {
    @Override
    Ablated without(String name, BackendOptions options) {
      return unclaimed(
          name,
          options,
          op -> op instanceof Recurrent || op instanceof RecurrentGradient || isOverTable(op));
    }
  },
  /** Of inputs that are rows of a table, each row is multiplied once, and not at every step. */
  RECURRENCES_OVER_TABLES {
    @Override
    Ablated without(String name, BackendOptions options) {
      return unclaimed(name, options, Technique::isOverTable);
    }
  },
  /** An optimizer's update of a parameter is one kernel, and so is a loss. */
  UPDATE_AND_LOSS_KERNELS {
    @Override
    Ablated without(String name, BackendOptions options) {
      return unclaimed(
          name,
          options,
          op ->
              op instanceof AdamUpdate
                  || op instanceof SgdUpdate
                  || op instanceof SoftmaxCrossEntropy
                  || op instanceof SoftmaxCrossEntropyGradient);
    }
  },
  /** Vectors wider than 256 bits in C++ kernels, and the Vector API in Java. */
  WIDE_VECTORS {
    @Override
    Ablated without(String name, BackendOptions options) {
      return new Ablated(
          opened(
              name, options, Map.of("volute.native.level", "avx2", "volute.java.vector", "false")),
          true);
    }
  };

  /** A backend that is denied something; it notes whether that was ever wanted. */
  static class Ablated extends ForwardingBackend {
    private boolean missed;

    private Ablated(Backend backend) {
      super(backend);
    }

    private Ablated(Backend backend, boolean missed) {
      super(backend);
      this.missed = missed;
    }

    /** Notes whether something would be so otherwise, and says no. */
    final boolean refuses(boolean wanted) {
      missed |= wanted;
      return false;
    }

    /** Whether a plan asked for what is denied. */
    final boolean missed() {
      return missed;
    }
  }

  /**
   * A backend without this technique.
   *
   * @param name the backend's
   * @param options what it is opened with otherwise
   */
  abstract Ablated without(String name, BackendOptions options);

  private static Ablated unclaimed(String name, BackendOptions options, Predicate<Op> denied) {
    return new Ablated(Backends.open(name, options)) {
      @Override
      public boolean claims(OpCall call) {
        boolean claimed = super.claims(call);
        return denied.test(call.op()) ? refuses(claimed) : claimed;
      }
    };
  }

  /** Opened while some system properties are set. */
  private static Backend opened(
      String name, BackendOptions options, Map<String, String> properties) {
    Properties before = (Properties) System.getProperties().clone();
    properties.forEach(System::setProperty);
    try {
      return Backends.open(name, options);
    } finally {
      System.setProperties(before);
    }
  }

  private static boolean joins(Op op) {
    if (op instanceof Convolution convolution) {
      return convolution.residual() || convolution.activation() != Activation.IDENTITY;
    }
    if (op instanceof ConvolutionInputGradient gradient) {
      return gradient.residual() || gradient.activation() != Activation.IDENTITY;
    }
    if (op instanceof BatchNormTraining norm) {
      return norm.residual() || norm.activation() != Activation.IDENTITY;
    }
    if (op instanceof BatchNormGradient gradient) {
      return gradient.activation() != Activation.IDENTITY;
    }
    return op instanceof ConvolutionChain
        || op instanceof Linear linear && linear.activation() != Activation.IDENTITY;
  }

  private static boolean isOverTable(Op op) {
    return op instanceof EmbeddedRecurrent || op instanceof EmbeddedRecurrentGradient;
  }

  /** For people, for example {@code channels last}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
