// Loops on LibTorch's threads.
#pragma once

#include <cstdint>
#include <functional>

namespace ctorch {

/// How many parts of a size, the last of which may be smaller, make up a total.
inline int64_t parts(int64_t total, int64_t size) { return (total + size - 1) / size; }

/// Calls `body` for parts of the range from `begin` to `end`, of at least `grain` elements each but for the last, on
/// the threads that LibTorch's operations use. Which thread computes what is not determined, so each element's
/// result must not depend on it. Exceptions of `body` reach the caller.
///
/// It is `at::parallel_for`, which is a loop on one thread in code that is not compiled for OpenMP.
void parallelFor(
    int64_t begin, int64_t end, int64_t grain,
    const std::function<void(int64_t begin, int64_t end)> &body);

/// Calls `body` for every part below `count` at the same time, as far as there are threads for it, and returns when all
/// have ended. Exceptions of `body` reach the caller. The same thread computes the same part each time, so that what it
/// wrote is still in its cache, unless other programs hold it up; then another one does. Of several parts, each uses one
/// thread for its operations.
void forEachPart(int64_t count, const std::function<void(int64_t part)> &body);

}  // namespace ctorch
