// Creates, inspects, moves and copies tensors.
#include "support.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros_like.h>

#include <cstring>

using namespace ctorch;

namespace {

/// Pinned memory is never returned to the system, so a data set that is copied once does not go through it.
constexpr size_t largestPinned = 64 << 20;

at::MemoryFormat memoryFormat(ct_memory_format format) {
  return format == CT_CHANNELS_LAST ? at::MemoryFormat::ChannelsLast
                                    : at::MemoryFormat::Contiguous;
}

at::TensorOptions options(ct_dtype dtype, ct_device where) {
  return at::TensorOptions(device(where)).dtype(scalarType(dtype));
}

void checkBytes(const at::Tensor &x, size_t bytes) {
  TORCH_CHECK_VALUE(
      x.nbytes() == bytes, "a ", x.scalar_type(), " tensor of shape ", x.sizes(), " takes ",
      x.nbytes(), " bytes, not ", bytes);
}

}  // namespace

ct_status ct_from_data(
    const void *data, size_t bytes, ct_ints shape, ct_dtype dtype, ct_device where, ct_out out) {
  return produce(out, [&] {
    const auto target = device(where);
    const bool isPinned = target.is_cuda() && bytes <= largestPinned;
    auto x = at::empty(ints(shape), options(dtype, {CT_CPU, 0}).pinned_memory(isPinned));
    checkBytes(x, bytes);
    if (bytes > 0) memcpy(x.mutable_data_ptr(), data, bytes);
    // The allocator of pinned memory keeps the block until the copy is done.
    return target.is_cpu() ? x : x.to(target, /*non_blocking=*/isPinned);
  });
}

ct_status ct_from_memory(
    const void *data, size_t bytes, ct_ints shape, ct_dtype dtype, void *owner,
    void (*release)(void *owner), ct_out out) {
  return produce(out, [&] {
    const std::shared_ptr<void> memory(owner, release);
    auto x = at::from_blob(
        const_cast<void *>(data), ints(shape), [memory](void *) {}, options(dtype, {CT_CPU, 0}));
    checkBytes(x, bytes);
    return x;
  });
}

ct_status ct_full(ct_ints shape, double value, ct_dtype dtype, ct_device where, ct_out out) {
  return produce(out, [&] { return at::full(ints(shape), value, options(dtype, where)); });
}

ct_status ct_zeros_like(const ct_tensor *x, ct_out out) {
  return produce(out, [&] { return at::zeros_like(x->value); });
}

void ct_free(ct_tensor *x) { delete x; }

int64_t ct_dim(const ct_tensor *x) { return x->value.dim(); }

void ct_sizes(const ct_tensor *x, int64_t *sizes) {
  for (auto size : x->value.sizes()) *sizes++ = size;
}

int64_t ct_numel(const ct_tensor *x) { return x->value.numel(); }

ct_dtype ct_dtype_of(const ct_tensor *x) { return dtypeOf(x->value.scalar_type()); }

ct_device ct_device_of(const ct_tensor *x) {
  auto where = x->value.device();
  // The index of the CPU and MPS is -1 or 0.
  int32_t index = where.index() > 0 ? where.index() : 0;
  if (where.is_cpu()) return {CT_CPU, index};
  if (where.is_cuda()) return {CT_CUDA, index};
  return {where.is_mps() ? CT_MPS : CT_OTHER_DEVICE, index};
}

bool ct_is_contiguous(const ct_tensor *x, ct_memory_format format) {
  return x->value.is_contiguous(memoryFormat(format));
}

ct_status ct_item(const ct_tensor *x, double *value) {
  return guarded([&] { *value = x->value.item().toDouble(); });
}

ct_status ct_copy_to_host(const ct_tensor *x, ct_dtype dtype, void *data, size_t bytes) {
  return guarded([&] {
    auto source = onHost(x->value, scalarType(dtype));
    checkBytes(source, bytes);
    if (bytes > 0) memcpy(data, source.const_data_ptr(), bytes);
  });
}

ct_status ct_clone(const ct_tensor *x, ct_out out) {
  return produce(out, [&] { return x->value.clone(); });
}

ct_status ct_detach(const ct_tensor *x, ct_out out) {
  return produce(out, [&] { return x->value.detach(); });
}

ct_status ct_to_device(const ct_tensor *x, ct_device where, ct_out out) {
  return produce(out, [&] { return x->value.to(device(where)); });
}

ct_status ct_to_dtype(const ct_tensor *x, ct_dtype dtype, ct_out out) {
  return produce(out, [&] { return x->value.to(scalarType(dtype)); });
}

ct_status ct_contiguous(const ct_tensor *x, ct_memory_format format, ct_out out) {
  return produce(out, [&] { return x->value.contiguous(memoryFormat(format)); });
}

ct_status ct_copy_(const ct_tensor *x, const ct_tensor *source) {
  return guarded([&] { x->value.copy_(source->value); });
}

ct_status ct_fill_(const ct_tensor *x, double value) {
  return guarded([&] { x->value.fill_(value); });
}
