// Versions, devices, threads, determinism.
#include "parallel.h"
#include "support.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/TensorIterator.h>
#include <ATen/Version.h>
#include <ATen/ops/empty.h>
#if __has_include(<torch/headeronly/version.h>)
#include <torch/headeronly/version.h>
#else
#include <torch/version.h>
#endif

#include <dlfcn.h>
#ifdef __linux__
#include <malloc.h>
#endif

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <limits>

namespace ctorch {
namespace {

/// Returns why `libtorch_cuda` is present but cannot be loaded; otherwise an empty string.
std::string openLibTorchCUDA() {
  Dl_info info;
  // Any function of libtorch_cpu reveals its path.
  if (dladdr(reinterpret_cast<void *>(&at::get_cpu_capability), &info) == 0) return "";
  std::error_code ignored;
  auto library = std::filesystem::path(info.dli_fname).parent_path() / "libtorch_cuda.so";
  if (!std::filesystem::exists(library, ignored)) return "";
  // Never closed, because its constructors register kernels in libtorch_cpu's tables.
  if (dlopen(library.c_str(), RTLD_NOW | RTLD_GLOBAL) != nullptr) return "";
  const char *reason = dlerror();
  return reason == nullptr ? "unknown reason" : reason;
}

const std::string &cudaLoadError() {
  static const std::string error = openLibTorchCUDA();
  return error;
}

int cudaDeviceCount() {
  return at::hasCUDA() ? static_cast<int>(at::detail::getCUDAHooks().getNumGPUs()) : 0;
}

}  // namespace

void openAccelerators() { cudaLoadError(); }

at::Device device(ct_device device) {
  switch (device.type) {
    case CT_CPU: return at::Device(at::kCPU);
    case CT_CUDA: {
      const int count = cudaDeviceCount();
      TORCH_CHECK_VALUE(
          device.index >= 0 && device.index < count, "there is no device cuda:", device.index,
          "; the number of CUDA devices is ", count);
      return at::Device(at::kCUDA, static_cast<at::DeviceIndex>(device.index));
    }
    case CT_MPS:
      TORCH_CHECK_VALUE(at::hasMPS(), "there is no device mps");
      return at::Device(at::kMPS, 0);
    case CT_OTHER_DEVICE: break;
  }
  TORCH_CHECK_VALUE(false, "unknown device type ", static_cast<int>(device.type));
}

}  // namespace ctorch

using namespace ctorch;

const char *ct_version(void) { return TORCH_VERSION; }

const char *ct_cpu_capability(void) {
  static const std::string name = at::get_cpu_capability();
  return name.c_str();
}

ct_status ct_set_num_threads(int32_t count) {
  return guarded([&] {
    TORCH_CHECK_VALUE(count > 0, "the number of threads must be positive, not ", count);
    at::set_num_threads(count);
  });
}

int32_t ct_num_threads(void) { return at::get_num_threads(); }

ct_status ct_for_each_part(int64_t count, void (*body)(void *context, int64_t part), void *context) {
  return guarded([&] { forEachPart(count, [&](int64_t part) { body(context, part); }); });
}

ct_status ct_set_deterministic(bool deterministic, bool allow_tf32) {
  return guarded([&] {
    // cuBLAS reads this when it creates its first handle. A value set by the user is kept.
    if (deterministic) setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
    auto &context = at::globalContext();
    context.setDeterministicAlgorithms(deterministic, /*warn_only=*/false);
    // Filling every new tensor with NaN reveals reads of uninitialised memory; it costs time and does not
    // affect the results of a correct program.
    context.setDeterministicFillUninitializedMemory(false);
    context.setDeterministicCuDNN(deterministic);
    context.setDeterministicMkldnn(deterministic);
    // Benchmarking selects algorithms by their measured time.
    context.setBenchmarkCuDNN(false);
    context.setAllowTF32CuDNN(allow_tf32);
    context.setAllowTF32CuBLAS(allow_tf32);
  });
}

bool ct_set_flush_denormal(bool flush, bool pool) {
  std::atomic<bool> done{at::globalContext().setFlushDenormal(flush)};
  if (!pool) return done;
  // The mode is thread-local, and existing threads of the pool do not inherit it. Each thread that the
  // calling thread computes with gets one element.
  const ct_status status = guarded([&] {
    at::Tensor elements = at::empty({at::get_num_threads()}, at::kFloat);
    auto each = at::TensorIteratorConfig().add_output(elements).build();
    each.for_each(
        [&](char **, const int64_t *, int64_t, int64_t) {
          if (!at::globalContext().setFlushDenormal(flush)) done = false;
        },
        /*grain_size=*/1);
  });
  return status == CT_OK && done;
}

bool ct_keep_freed_memory(void) {
#ifdef __GLIBC__
  // Blocks from mmap are returned to the system when they are freed. A single arena, because the arenas of
  // other threads cannot hold blocks above 64 MiB.
  return mallopt(M_MMAP_MAX, 0) == 1 && mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max()) == 1 &&
         mallopt(M_ARENA_MAX, 1) == 1;
#else
  return false;
#endif
}

bool ct_is_deterministic(void) { return at::globalContext().deterministicAlgorithms(); }

const char *ct_cuda_load_error(void) { return cudaLoadError().c_str(); }

ct_status ct_cuda_device_count(int32_t *count) {
  return guarded([&] { *count = cudaDeviceCount(); });
}

bool ct_mps_available(void) { return at::hasMPS(); }
