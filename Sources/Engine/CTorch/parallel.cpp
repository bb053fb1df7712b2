#include "parallel.h"

#include <ATen/Parallel.h>

#include <dlfcn.h>

#include <algorithm>
#include <atomic>
#include <exception>

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

/// A loop whose parts the members of a team take, one after another.
struct Loop {
  const int64_t end, part;
  const std::function<void(int64_t, int64_t)> &body;
  std::atomic<int64_t> next;
  std::atomic_flag hasFailed = ATOMIC_FLAG_INIT;
  std::exception_ptr failure;

  static void run(void *self) {
    auto &loop = *static_cast<Loop *>(self);
    try {
      int64_t first = 0;
      while ((first = loop.next.fetch_add(loop.part)) < loop.end) {
        loop.body(first, std::min(loop.end, first + loop.part));
      }
    } catch (...) {
      if (!loop.hasFailed.test_and_set()) loop.failure = std::current_exception();
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
  if (loop.failure != nullptr) std::rethrow_exception(loop.failure);
}

}  // namespace ctorch
