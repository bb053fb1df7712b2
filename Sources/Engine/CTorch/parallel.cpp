#include "parallel.h"

#include <ATen/Parallel.h>

#include <dlfcn.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <vector>

namespace ctorch {

namespace {

/// What compilers call for `#pragma omp parallel`: runs a function on a team of threads. GCC's library for OpenMP,
/// which LibTorch brings along, has it, and so does Clang's.
using RunOnTeam = void (*)(void (*)(void *), void *, unsigned, unsigned);

RunOnTeam runOnTeam() {
  static const auto function =
      reinterpret_cast<RunOnTeam>(dlsym(RTLD_DEFAULT, "GOMP_parallel"));
  return function;
}

/// The number of the calling thread in its team.
int threadNumber() {
  static const auto function =
      reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "omp_get_thread_num"));
  return function == nullptr ? 0 : function();
}

/// The first exception of a team's members.
class Failure {
 public:
  void keep() {
    if (!isSet.test_and_set()) exception = std::current_exception();
  }

  /// Once the team has ended.
  void rethrow() const {
    if (exception != nullptr) std::rethrow_exception(exception);
  }

 private:
  std::atomic_flag isSet = ATOMIC_FLAG_INIT;
  std::exception_ptr exception;
};

/// A loop whose parts the members of a team take, one after another.
struct Loop {
  const int64_t end, part;
  const std::function<void(int64_t, int64_t)> &body;
  std::atomic<int64_t> next;
  Failure failure;

  static void run(void *self) {
    auto &loop = *static_cast<Loop *>(self);
    try {
      int64_t first = 0;
      while ((first = loop.next.fetch_add(loop.part)) < loop.end) {
        loop.body(first, std::min(loop.end, first + loop.part));
      }
    } catch (...) {
      loop.failure.keep();
    }
  }
};

/// Parts that the members of a team take, each of them its own one first.
struct Parts {
  const std::function<void(int64_t)> &body;
  std::vector<std::atomic_flag> taken;
  Failure failure;

  static void run(void *self) {
    auto &parts = *static_cast<Parts *>(self);
    const size_t count = parts.taken.size(), first = static_cast<size_t>(threadNumber());
    try {
      for (size_t i = 0; i < count; i++) {
        const size_t part = (first + i) % count;
        if (!parts.taken[part].test_and_set()) parts.body(static_cast<int64_t>(part));
      }
    } catch (...) {
      parts.failure.keep();
    }
  }
};

}  // namespace

void parallelFor(
    int64_t begin, int64_t end, int64_t grain,
    const std::function<void(int64_t begin, int64_t end)> &body) {
  if (begin >= end) return;
  const int64_t most = (end - begin + grain - 1) / std::max<int64_t>(grain, 1);
  const int64_t threads =
      at::in_parallel_region() ? 1 : std::min<int64_t>(at::get_num_threads(), most);
  if (threads <= 1 || runOnTeam() == nullptr) return body(begin, end);
  // More parts than threads, for one of them may be held up by another program.
  const int64_t part = std::max(grain, (end - begin + 4 * threads - 1) / (4 * threads));
  Loop loop{end, part, body, begin};
  runOnTeam()(Loop::run, &loop, static_cast<unsigned>(threads), 0);
  loop.failure.rethrow();
}

void forEachPart(int64_t count, const std::function<void(int64_t part)> &body) {
  const int64_t threads =
      at::in_parallel_region() ? 1 : std::min<int64_t>(at::get_num_threads(), count);
  if (threads <= 1 || runOnTeam() == nullptr) {
    for (int64_t part = 0; part < count; part++) body(part);
    return;
  }
  Parts parts{body, std::vector<std::atomic_flag>(static_cast<size_t>(count)), {}};
  runOnTeam()(Parts::run, &parts, static_cast<unsigned>(threads), 0);
  parts.failure.rethrow();
}

}  // namespace ctorch
