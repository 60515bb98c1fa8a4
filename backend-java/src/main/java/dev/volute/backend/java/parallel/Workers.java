package dev.volute.backend.java.parallel;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that run the parts of one job at a time. Which thread runs which part is a matter of
 * chance, so a job's result must depend on its parts alone and never on {@link #threads}.
 */
public final class Workers implements AutoCloseable {
  /** One piece of a job; pieces run in any order, at once or one after the other. */
  @FunctionalInterface
  public interface Part {
    void run(int part);
  }

  private static final Part NOTHING = part -> {};

  /** Longer than the pause between two kernels of one step. */
  private static final long SPIN_NANOS = 50_000;

  private static final int SPINS_PER_LOOK = 64;

  private final Worker[] workers;
  private final Workspace workspace = new Workspace();
  private final boolean spin;

  /** True while a caller has the workers. */
  private final AtomicBoolean taken = new AtomicBoolean();

  // One job. An odd ticket says that it is open; threads claim parts by counting `next` up.
  private Part body = NOTHING;
  private int parts;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger ticket = new AtomicInteger();
  private final AtomicInteger active = new AtomicInteger();
  private final AtomicInteger sleeping = new AtomicInteger();
  private final Failure failure = new Failure();
  private volatile boolean closed;

  private Workers(int threads) {
    spin = threads <= Runtime.getRuntime().availableProcessors();
    workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker("volute-java-" + (i + 1));
    }
  }

  /**
   * @param threads how many compute, the caller's included; at least 1
   */
  public static Workers of(int threads) {
    Workers result = new Workers(threads);
    for (Worker worker : result.workers) {
      worker.start();
    }
    return result;
  }

  public int threads() {
    return workers.length + 1;
  }

  /** Arrays of the running thread's own. */
  public Workspace workspace() {
    return workspace;
  }

  /**
   * Runs {@code body} for 0 to {@code parts - 1} and returns when all are done. If another caller
   * has the workers, or a part calls this, the calling thread does it alone. The first failure is
   * thrown, after which parts that have not begun are left out.
   */
  public void run(int parts, Part body) {
    if (parts <= 1 || workers.length == 0 || closed || !taken.compareAndSet(false, true)) {
      for (int part = 0; part < parts; part++) {
        body.run(part);
      }
      return;
    }
    try {
      open(parts, body);
      takeParts();
      finish();
    } finally {
      this.body = NOTHING;
      taken.set(false);
    }
  }

  private void open(int parts, Part body) {
    this.body = body;
    this.parts = parts;
    failure.clear();
    next.set(0);
    ticket.incrementAndGet();
    if (sleeping.get() > 0) {
      for (Worker worker : workers) {
        if (worker.asleep) {
          LockSupport.unpark(worker);
        }
      }
    }
  }

  private void takeParts() {
    Part body = this.body;
    int parts = this.parts;
    for (int part = next.getAndIncrement(); part < parts; part = next.getAndIncrement()) {
      try {
        body.run(part);
      } catch (RuntimeException | Error thrown) {
        failure.keep(thrown);
        next.set(parts);
      }
    }
  }

  private void finish() {
    ticket.incrementAndGet();
    for (int looks = 0; active.get() != 0; looks++) {
      if (looks < 1 << 14) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
    failure.rethrow();
  }

  /** Ends the threads; later jobs run on their callers. */
  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) {
      LockSupport.unpark(worker);
    }
  }

  private final class Worker extends Thread {
    private volatile boolean asleep;

    Worker(String name) {
      super(name);
      setDaemon(true);
    }

    // A worker announces itself before it looks at the ticket again, so that no job is closed
    // under a worker that still reads it.
    @Override
    public void run() {
      int seen = 0;
      while (await(seen)) {
        active.incrementAndGet();
        seen = ticket.get();
        if ((seen & 1) == 1) {
          takeParts();
        }
        active.decrementAndGet();
      }
    }

    /** Waits for another ticket; false if the workers were closed. */
    private boolean await(int seen) {
      if (spin) {
        long deadline = System.nanoTime() + SPIN_NANOS;
        do {
          for (int i = 0; i < SPINS_PER_LOOK; i++) {
            if (ticket.get() != seen) {
              return !closed;
            }
            Thread.onSpinWait();
          }
        } while (System.nanoTime() < deadline && !closed);
      }
      asleep = true;
      sleeping.incrementAndGet();
      while (ticket.get() == seen && !closed) {
        LockSupport.park(Workers.this);
      }
      sleeping.decrementAndGet();
      asleep = false;
      return !closed;
    }
  }
}
