// Threads for parts that take some tens of microseconds, several thousand times in a second.
//
// OpenMP's teams wait for every member, also for one that has nothing to do but cannot run because other programs
// compute; a step of a small network took ten times as long then. Here the calling thread takes every part that no other
// thread has begun, and if it has had to wait for one that was held up, it computes alone for a while. It also computes
// alone while that is faster, as on processors that share a core. Parts are the same in any case, and so are results.
#include "parallel.h"

#include <ATen/Parallel.h>

#include <dlfcn.h>

#include <algorithm>
#include <cfenv>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace ctorch {

namespace {

using Clock = std::chrono::steady_clock;

/// How long a thread waits without sleeping for the next call, which takes longer than what is between two steps, and for
/// the end of a call.
constexpr auto patience = std::chrono::microseconds(100), longPatience = std::chrono::microseconds(2000);
/// A thread is held up if it needs this much longer than the calling thread.
constexpr auto delay = std::chrono::microseconds(300);
/// The number of calls that the calling thread computes alone after a delay, at first and at most.
constexpr int fewestAlone = 32, mostAlone = 512;
/// Parts of a call, each of which has a bit.
constexpr int64_t mostParts = 32;

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

/// Whether a thread flushes denormal numbers, and how it rounds.
#if defined(__x86_64__)
using Arithmetic = unsigned;

Arithmetic arithmeticOfThread() { return __builtin_ia32_stmxcsr(); }

void setArithmetic(Arithmetic arithmetic) { __builtin_ia32_ldmxcsr(arithmetic); }
#else
using Arithmetic = std::fenv_t;

Arithmetic arithmeticOfThread() {
  Arithmetic arithmetic;
  std::fegetenv(&arithmetic);
  return arithmetic;
}

void setArithmetic(const Arithmetic &arithmetic) { std::fesetenv(&arithmetic); }
#endif

/// Sets the number of threads for matrix products of the calling thread, and returns the number before.
int setThreads(int count) {
  static const auto function =
      reinterpret_cast<int (*)(int)>(dlsym(RTLD_DEFAULT, "MKL_Set_Num_Threads_Local"));
  return function == nullptr ? 0 : function(count);
}

/// Whether the calling thread computes a part; parts of a part are computed one after another.
thread_local bool isInPart = false;

/// Measures now and then whether calls end sooner if they are shared with other threads.
class Race {
 public:
  bool isShared() const { return isMeasuring() ? call / window % 2 == 0 : sharingWins; }

  void end(Clock::duration time) {
    if (isMeasuring()) times[call / window] += time;
    call++;
    if (call == windows * window) {
      // Another program can disturb one of two.
      sharingWins = std::min(times[0], times[2]) <= std::min(times[1], times[3]);
    } else if (call == period) {
      *this = Race(sharingWins);
    }
  }

  explicit Race(bool sharingWins) : sharingWins(sharingWins) {}

 private:
  /// Calls of a window: whole steps of two, three or four calls.
  static constexpr int window = 12;
  static constexpr int windows = 4, period = 2048;

  bool isMeasuring() const { return call < windows * window; }

  bool sharingWins;
  int call = 0;
  Clock::duration times[windows] = {};
};

class Team {
 public:
  explicit Team(int64_t size) {
    for (int64_t number = 1; number < size; number++) {
      helpers.emplace_back([this, number] { help(static_cast<int>(number)); });
    }
  }

  ~Team() {
    {
      const std::lock_guard lock(mutex);
      isEnding = true;
    }
    wake.notify_all();
    for (auto &helper : helpers) helper.join();
  }

  int64_t size() const { return static_cast<int64_t>(helpers.size()) + 1; }

  /// Calls `body` for the parts from `first` on, `count` of them.
  void run(int64_t first, int64_t count, const std::function<void(int64_t)> &body) {
    const int threads = setThreads(1);
    isInPart = true;
    if (alone > 0) {
      alone--;
      runAlone(first, count, body);
    } else {
      const auto start = Clock::now();
      (race.isShared() ? share(first, count, body) : runAlone(first, count, body));
      race.end(Clock::now() - start);
    }
    isInPart = false;
    setThreads(threads);
    if (failure != nullptr) std::rethrow_exception(std::exchange(failure, nullptr));
  }

 private:
  struct Job {
    int64_t first = 0;
    const std::function<void(int64_t)> *body = nullptr;
    Arithmetic arithmetic;
  };

  void runAlone(int64_t first, int64_t count, const std::function<void(int64_t)> &body) {
    try {
      for (int64_t part = first; part < first + count; part++) body(part);
    } catch (...) {
      keepFailure();
    }
  }

  void share(int64_t first, int64_t count, const std::function<void(int64_t)> &body) {
    job.first = first;
    job.body = &body;
    job.arithmetic = arithmeticOfThread();
    unfinished.store(count, std::memory_order_relaxed);
    // The call's number in the upper half tells helpers that come late from the next call.
    number++;
    parts.store(uint64_t(number) << 32 | (uint64_t(1) << count) - 1);
    if (sleepers.load() > 0) {
      { const std::lock_guard lock(mutex); }
      wake.notify_all();
    }
    const auto start = Clock::now();
    while (takePart(0, false)) {
    }
    waitForOthers(Clock::now() - start);
  }

  /// - Parameter own: how long the calling thread has computed.
  void waitForOthers(Clock::duration own) {
    const auto start = Clock::now();
    while (unfinished.load(std::memory_order_acquire) > 0) {
      if (Clock::now() - start < patience) {
        pause();
      } else {
        std::this_thread::yield();
      }
    }
    if (Clock::now() - start < delay + own) {
      if (++inTime % mostAlone == 0) nextAlone /= 2;
      return;
    }
    nextAlone = std::min(std::max(2 * nextAlone, fewestAlone), mostAlone);
    alone = nextAlone;
  }

  /// Computes a part that no thread has taken, if there is one: that of the member's number first.
  bool takePart(int member, bool isHelper) {
    uint64_t left = parts.load();
    int part = 0;
    do {
      const auto open = static_cast<uint32_t>(left);
      if (open == 0) return false;
      const uint32_t later = open >> member << member;
      part = __builtin_ctz(later != 0 ? later : open);
    } while (!parts.compare_exchange_weak(left, left & ~(uint64_t(1) << part)));
    // The job cannot change before the part that was taken is finished.
    if (isHelper) setArithmetic(job.arithmetic);
    try {
      (*job.body)(job.first + part);
    } catch (...) {
      keepFailure();
    }
    unfinished.fetch_sub(1, std::memory_order_release);
    return true;
  }

  void keepFailure() {
    const std::lock_guard lock(mutex);
    if (failure == nullptr) failure = std::current_exception();
  }

  bool hasParts() const { return static_cast<uint32_t>(parts.load()) != 0; }

  void help(int member) {
    setThreads(1);
    isInPart = true;
    auto start = Clock::now();
    while (true) {
      if (takePart(member, true)) {
        start = Clock::now();
      } else if (
          const auto waited = Clock::now() - start;
          waited < patience || (waited < longPatience && unfinished.load() > 0)) {
        pause();
      } else {
        std::unique_lock lock(mutex);
        sleepers++;
        wake.wait(lock, [this] { return isEnding || hasParts(); });
        sleepers--;
        if (isEnding) return;
        start = Clock::now();
      }
    }
  }

  std::vector<std::thread> helpers;
  Job job;
  uint32_t number = 0;
  /// The number of the call, and a bit for each part that nobody has taken.
  alignas(64) std::atomic<uint64_t> parts = 0;
  alignas(64) std::atomic<int64_t> unfinished = 0;
  alignas(64) std::atomic<int> sleepers = 0;
  std::mutex mutex;
  std::condition_variable wake;
  bool isEnding = false;
  std::exception_ptr failure;
  /// The number of calls that are left to compute alone, half of what it will be after the next delay, and the calls
  /// without a delay.
  int alone = 0, nextAlone = 0;
  uint32_t inTime = 0;
  Race race{true};
};

}  // namespace

void forEachPart(int64_t count, const std::function<void(int64_t part)> &body) {
  const int64_t threads = std::min<int64_t>(at::get_num_threads(), mostParts);
  if (threads <= 1 || count <= 1 || isInPart || at::in_parallel_region()) {
    for (int64_t part = 0; part < count; part++) body(part);
    return;
  }
  thread_local std::unique_ptr<Team> team;
  if (team == nullptr || team->size() != threads) {
    team.reset();
    team = std::make_unique<Team>(threads);
  }
  for (int64_t first = 0; first < count; first += mostParts) {
    team->run(first, std::min(mostParts, count - first), body);
  }
}

}  // namespace ctorch
