// Shared by the implementation files: the handle, the boundary that catches exceptions, and conversions
// between C values and ATen's.
#pragma once

#include "ctorch.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>

#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace ctorch {

/// The number of live tensors created on this thread, minus those freed on it.
extern thread_local int64_t liveTensorsOfThread;

/// Loads `libtorch_cuda`, once. This must happen before LibTorch first checks for CUDA, because it caches the
/// answer.
void openAccelerators();

/// Stores `message` as this thread's last error and returns `status`. Never throws.
ct_status fail(ct_status status, const char *message) noexcept;

/// Runs `body` and converts exceptions into a status and a message.
template <class Body>
ct_status guarded(Body &&body) noexcept {
  try {
    openAccelerators();
    body();
    return CT_OK;
  } catch (const c10::OutOfMemoryError &error) {
    return fail(CT_OUT_OF_MEMORY, error.what_without_backtrace());
  } catch (const c10::Error &error) {
    return fail(CT_FAILED, error.what_without_backtrace());
  } catch (const std::bad_alloc &) {
    return fail(CT_OUT_OF_MEMORY, "out of memory");
  } catch (const std::exception &error) {
    return fail(CT_FAILED, error.what());
  } catch (...) {
    return fail(CT_FAILED, "unknown C++ exception");
  }
}

}  // namespace ctorch

struct ct_tensor {
  explicit ct_tensor(at::Tensor tensor) : value(std::move(tensor)) {
    ++ctorch::liveTensorsOfThread;
  }
  ~ct_tensor() { --ctorch::liveTensorsOfThread; }
  ct_tensor(const ct_tensor &) = delete;
  ct_tensor &operator=(const ct_tensor &) = delete;

  at::Tensor value;
};

namespace ctorch {

/// Runs `body` and passes the tensor that it returns to the caller.
template <class Body>
ct_status produce(ct_out out, Body &&body) noexcept {
  return guarded([&] { *out = new ct_tensor(body()); });
}

/// Passes two tensors to the caller, or none.
inline void writePair(std::tuple<at::Tensor, at::Tensor> pair, ct_out first, ct_out second) {
  auto one = std::make_unique<ct_tensor>(std::move(std::get<0>(pair)));
  *second = new ct_tensor(std::move(std::get<1>(pair)));
  *first = one.release();
}

/// A view of `list`, which must outlive it.
inline at::IntArrayRef ints(const ct_ints &list) {
  TORCH_CHECK_VALUE(
      list.count <= CT_MAX_DIMS, list.count, " dimensions are more than ", CT_MAX_DIMS);
  return at::IntArrayRef(list.values, list.count);
}

inline std::optional<at::Tensor> optional(const ct_tensor *tensor) {
  return tensor == nullptr ? std::nullopt : std::make_optional(tensor->value);
}

inline std::vector<at::Tensor> tensors(ct_list list) {
  std::vector<at::Tensor> result;
  result.reserve(list.count);
  for (size_t i = 0; i < list.count; i++) result.push_back(list.tensors[i]->value);
  return result;
}

/// Runs `body` on the tensors of a list without recording gradients. Skips empty lists, which PyTorch rejects.
template <class Body>
ct_status change(ct_list x, Body &&body) {
  return guarded([&] {
    if (x.count == 0) return;
    at::NoGradGuard noGrad;
    body(tensors(x));
  });
}

at::ScalarType scalarType(ct_dtype dtype);
ct_dtype dtypeOf(at::ScalarType type) noexcept;
at::Device device(ct_device device);

/// The tensor on the CPU, contiguous, as `dtype`, and detached from autograd.
at::Tensor onHost(const at::Tensor &x, at::ScalarType dtype);

}  // namespace ctorch
