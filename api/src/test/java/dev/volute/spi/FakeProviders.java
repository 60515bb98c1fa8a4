package dev.volute.spi;

import dev.volute.tensor.DType;

/** Providers that the tests of discovery register, sound and broken. */
public final class FakeProviders {
  private FakeProviders() {}

  /** A backend that only knows its name and the number of its threads. */
  public record FakeBackend(String name, int threads) implements Backend {
    @Override
    public Memory allocate(DType dtype, long elements) {
      throw new BackendException("a fake has no memory");
    }

    @Override
    public boolean claims(OpCall call) {
      return false;
    }

    @Override
    public Kernel bind(OpCall call, Operands operands) {
      throw new BackendException("a fake has no kernels");
    }

    @Override
    public void close() {}
  }

  /** Sound unless a subclass says otherwise. */
  public abstract static class Fake implements BackendProvider {
    private final String name;
    private final int priority;

    protected Fake(String name, int priority) {
      this.name = name;
      this.priority = priority;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public int spiVersion() {
      return 1;
    }

    @Override
    public int priority() {
      return priority;
    }

    @Override
    public Availability probe() {
      return Availability.usable("runs on " + name);
    }

    @Override
    public Backend open(BackendOptions options) {
      return new FakeBackend(name, options.threads());
    }
  }

  public static final class Plain extends Fake {
    public Plain() {
      super("plain", 10);
    }
  }

  public static final class Fast extends Fake {
    public Fast() {
      super("fast", 100);
    }
  }

  /** Takes the name of {@link Plain} at a higher priority. */
  public static final class OtherPlain extends Fake {
    public OtherPlain() {
      super("plain", 20);
    }
  }

  /** Takes the name and the priority of {@link Plain}; its class name comes later. */
  public static final class PlainTwin extends Fake {
    public PlainTwin() {
      super("plain", 10);
    }
  }

  public static final class NoDevice extends Fake {
    public NoDevice() {
      super("device", 200);
    }

    @Override
    public Availability probe() {
      return Availability.unusable("no device\nin slot 3");
    }
  }

  public static final class ProbeThrows extends Fake {
    public ProbeThrows() {
      super("nervous", 300);
    }

    @Override
    public Availability probe() {
      throw new UnsatisfiedLinkError("no libnervous.so");
    }
  }

  public static final class OpenThrows extends Fake {
    public OpenThrows() {
      super("boastful", 400);
    }

    @Override
    public Backend open(BackendOptions options) {
      throw new IllegalStateException("promised too much");
    }
  }

  public static final class ConstructorThrows extends Fake {
    public ConstructorThrows() {
      super("stillborn", 500);
      throw new IllegalStateException("never lived");
    }
  }

  public static final class StaticInitialiserThrows extends Fake {
    private static final int LENGTH = Integer.parseInt("not a number");

    public StaticInitialiserThrows() {
      super("static", LENGTH);
    }
  }

  public static final class OtherVersion extends Fake {
    public OtherVersion() {
      super("future", 600);
    }

    @Override
    public int spiVersion() {
      return 99;
    }

    @Override
    public Availability probe() {
      throw new AssertionError("a provider of another version must not be probed");
    }
  }

  public static final class BadName extends Fake {
    public BadName() {
      super("Not A Name", 700);
    }
  }

  public static final class NameThrows extends Fake {
    public NameThrows() {
      super("nameless", 800);
    }

    @Override
    public String name() {
      throw new NoSuchMethodError("gone");
    }
  }

  public static final class NotAProvider {
    public NotAProvider() {}
  }
}
