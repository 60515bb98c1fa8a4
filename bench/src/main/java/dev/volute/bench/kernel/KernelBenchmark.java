package dev.volute.bench.kernel;

import dev.volute.spi.Backend;
import dev.volute.spi.BackendOptions;
import dev.volute.spi.Backends;
import dev.volute.tensor.MemoryFormat;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Times one kernel, bound to memory once and run again and again. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public abstract class KernelBenchmark {
  /** The backend's name. */
  @Param({"java", "native"})
  public String backend = "";

  /** How many threads the backend computes with. */
  @Param("1")
  public int threads;

  /** How operands lie, as far as the backend takes and gives them so. */
  @Param("ROW_MAJOR")
  public MemoryFormat format = MemoryFormat.ROW_MAJOR;

  private Runnable closing = () -> {};
  private Runnable kernel = () -> {};

  /** What the parameters describe. */
  abstract Work work();

  /** Binds the kernel. */
  @Setup
  public void bind() {
    Backend on = Backends.open(backend, BackendOptions.threads(threads));
    BoundWork bound = new BoundWork(on, work().in(format, on));
    kernel = bound::run;
    closing =
        () -> {
          bound.close();
          on.close();
        };
  }

  /** Releases what {@link #bind} took. */
  @TearDown
  public void release() {
    closing.run();
  }

  /** Runs the kernel once. */
  @Benchmark
  public void run() {
    kernel.run();
  }
}
