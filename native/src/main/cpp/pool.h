// The threads of one backend.
#pragma once

#include <cstdint>

namespace volute {

// Runs the numbered parts of a job. The calling thread takes part; the other threads spin for a moment after a job
// and then sleep. A caller that finds the pool at work does all parts itself. How a job is cut into parts is the
// caller's business and must depend on the problem alone: then results do not depend on the number of threads.
class Pool {
 public:
  explicit Pool(int threads);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  int threads() const;

  // Calls work(part) for every part in [0, parts). Jobs that take one thread less than the time it may take to
  // wake another, or to hand work to one that is awake, stay on the calling thread: `nanoseconds` is an estimate for the
  // whole job.
  template <class Work>
  void run(int64_t parts, double nanoseconds, const Work& work) {
    run(sharers(nanoseconds), Order::forward, parts, &call<Work>, &work);
  }

  // The same, but each thread takes its parts in the opposite order: a job that reads again what the one before it read
  // then first meets what the thread's cache still holds.
  template <class Work>
  void run_back(int64_t parts, double nanoseconds, const Work& work) {
    run(sharers(nanoseconds), Order::backward, parts, &call<Work>, &work);
  }

  // The same, in either order, for one of `jobs` that follow each other so closely that the others are still awake.
  template <class Work>
  void run_awake(int64_t jobs, bool back, int64_t parts, double nanoseconds, const Work& work) {
    const bool pays = nanoseconds >= worthwhile_awake && nanoseconds * static_cast<double>(jobs) >= worthwhile;
    run(pays ? Who::everybody : Who::caller, back ? Order::backward : Order::forward, parts, &call<Work>, &work);
  }

 private:
  using Part = void (*)(const void* context, int64_t part);
  enum class Who { caller, everybody };
  enum class Order { forward, backward };
  static constexpr double worthwhile = 10000;
  static constexpr double worthwhile_awake = 3000;

  template <class Work>
  static void call(const void* context, int64_t part) {
    (*static_cast<const Work*>(context))(part);
  }

  void run(Who who, Order order, int64_t parts, Part part, const void* context);

  // Whether no thread sleeps.
  bool awake() const;

  Who sharers(double nanoseconds) const {
    const bool pays = nanoseconds >= worthwhile || (nanoseconds >= worthwhile_awake && awake());
    return pays ? Who::everybody : Who::caller;
  }

  void end();

  struct Share;
  struct State;
  State* state_;
};

// Memory of the calling thread for packed panels: allocated once per thread, 64-byte aligned.
constexpr int64_t workspace_bytes = int64_t{3} << 20;
void* workspace();

}  // namespace volute
