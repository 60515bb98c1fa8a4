#include "pool.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <new>
#include <thread>
#include <vector>

#include "subnormals.h"

namespace volute {
namespace {

// Longer than the pause between two kernels of one step, shorter than a person's idea of an idle program.
constexpr auto spin_time = std::chrono::microseconds(50);

constexpr size_t cache_line = 64;

inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

struct Release {
  void operator()(void* p) const { std::free(p); }
};

}  // namespace

// The parts of a job that one thread does, if it comes to them before the others do. Claimed by counting `next` up.
struct alignas(cache_line) Pool::Share {
  std::atomic<int64_t> next{0};
  std::atomic<int64_t> begin{0};
  std::atomic<int64_t> end{0};
};

// What threads write at different times lies in lines of the cache apart.
struct Pool::State {
  explicit State(int threads) : shares(static_cast<size_t>(threads)) {}

  // One job; `ticket` tells jobs apart.
  alignas(cache_line) std::atomic<uint64_t> ticket{0};
  std::atomic<bool> stop{false};
  std::atomic<Part> part{nullptr};
  std::atomic<const void*> context{nullptr};
  std::atomic<Order> order{Order::forward};
  std::vector<Share> shares;
  alignas(cache_line) std::atomic<int> active{0};
  alignas(cache_line) std::atomic<int> sleeping{0};
  std::mutex job;  // held by the caller whose job it is
  std::mutex sleep;
  std::condition_variable wake;
  std::vector<std::thread> workers;

  // A thread's own share first, then what is left of others'. So in jobs that repeat, a thread mostly meets the data that
  // its cache holds.
  void take_parts(size_t thread) {
    const Part call = part.load(std::memory_order_relaxed);
    const void* with = context.load(std::memory_order_relaxed);
    const bool forward = order.load(std::memory_order_relaxed) == Order::forward;
    for (size_t i = 0; i < shares.size(); i++) {
      Share& share = shares[(thread + i) % shares.size()];
      const int64_t end = share.end.load(std::memory_order_relaxed);
      const int64_t last = share.begin.load(std::memory_order_relaxed) + end - 1;
      while (share.next.load(std::memory_order_relaxed) < end) {
        const int64_t claimed = share.next.fetch_add(1, std::memory_order_acq_rel);
        if (claimed < end) {
          call(with, forward ? claimed : last - claimed);
        }
      }
    }
  }

  bool changed(uint64_t seen) const {
    return ticket.load() != seen || stop.load();
  }

  void await_job(uint64_t seen) {
    const auto deadline = std::chrono::steady_clock::now() + spin_time;
    do {
      for (int i = 0; i < 64; i++) {
        if (changed(seen)) {
          return;
        }
        relax();
      }
    } while (std::chrono::steady_clock::now() < deadline);
    std::unique_lock<std::mutex> lock(sleep);
    sleeping.fetch_add(1);
    wake.wait(lock, [&] { return changed(seen); });
    sleeping.fetch_sub(1);
  }

  // Even tickets: no job is open. A worker announces itself before it looks at the ticket again, so a job is never
  // closed under a worker that still reads it.
  void work(size_t thread) {
    if (!workspace()) {
      return;
    }
    const FlushSubnormals flush;
    uint64_t seen = 0;
    for (;;) {
      await_job(seen);
      if (stop.load()) {
        return;
      }
      active.fetch_add(1);
      seen = ticket.load();
      if (seen % 2 == 1) {
        take_parts(thread);
      }
      active.fetch_sub(1, std::memory_order_release);
    }
  }

  void open(Part call, const void* with, Order way, int64_t count) {
    part.store(call, std::memory_order_relaxed);
    context.store(with, std::memory_order_relaxed);
    order.store(way, std::memory_order_relaxed);
    const int64_t threads = static_cast<int64_t>(shares.size());
    for (int64_t i = 0; i < threads; i++) {
      shares[static_cast<size_t>(i)].next.store(count * i / threads, std::memory_order_relaxed);
      shares[static_cast<size_t>(i)].begin.store(count * i / threads, std::memory_order_relaxed);
      shares[static_cast<size_t>(i)].end.store(count * (i + 1) / threads, std::memory_order_relaxed);
    }
    ticket.fetch_add(1);
    if (sleeping.load() > 0) {
      { std::lock_guard<std::mutex> lock(sleep); }
      wake.notify_all();
    }
  }

  void close() {
    ticket.fetch_add(1);
    while (active.load() != 0) {
      relax();
    }
  }
};

Pool::Pool(int threads) : state_(new State(threads)) {
  try {
    for (int i = 1; i < threads; i++) {
      state_->workers.emplace_back([this, i] { state_->work(static_cast<size_t>(i)); });
    }
  } catch (...) {  // no more threads: those that started must go
    end();
    throw;
  }
}

Pool::~Pool() { end(); }

void Pool::end() {
  state_->stop.store(true);
  { std::lock_guard<std::mutex> lock(state_->sleep); }
  state_->wake.notify_all();
  for (std::thread& worker : state_->workers) {
    worker.join();
  }
  delete state_;
}

bool Pool::awake() const { return state_->sleeping.load(std::memory_order_relaxed) == 0; }

int Pool::threads() const { return static_cast<int>(state_->workers.size()) + 1; }

void Pool::run(Who who, Order order, int64_t parts, Part part, const void* context) {
  std::unique_lock<std::mutex> lock(state_->job, std::defer_lock);
  if (who == Who::everybody && parts > 1 && !state_->workers.empty() && lock.try_lock()) {
    state_->open(part, context, order, parts);
    state_->take_parts(0);
    state_->close();
    return;
  }
  for (int64_t i = 0; i < parts; i++) {
    part(context, order == Order::forward ? i : parts - 1 - i);
  }
}

void* workspace() {
  thread_local std::unique_ptr<void, Release> memory(std::aligned_alloc(64, workspace_bytes));
  return memory.get();
}

}  // namespace volute
