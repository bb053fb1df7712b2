// Measures what training on a device copies and keeps.
#include "ctorch_device.h"
#include "support.h"

#include <ATen/record_function.h>
#include <c10/core/CachingDeviceAllocator.h>

#include <atomic>
#include <cstring>
#include <mutex>

using namespace ctorch;

namespace {

std::mutex mutex;
at::CallbackHandle callback = at::INVALID_CALLBACK_HANDLE;
std::atomic<int64_t> waiting{0}, asynchronous{0}, scalars{0};

/// `copy_(self, src, non_blocking)`.
void countCopy(c10::ArrayRef<const c10::IValue> inputs) {
  if (inputs.size() < 3 || !inputs[0].isTensor() || !inputs[1].isTensor()) return;
  const auto &target = inputs[0].toTensor(), &source = inputs[1].toTensor();
  if (!target.defined() || !source.defined()) return;
  if (target.device().type() == source.device().type()) return;
  const auto &host = target.is_cpu() ? target : source;
  const bool waits = !inputs[2].isBool() || !inputs[2].toBool() || !host.is_pinned();
  (waits ? waiting : asynchronous)++;
}

std::unique_ptr<at::ObserverContext> observe(const at::RecordFunction &function) {
  const char *name = function.name();
  if (strcmp(name, "aten::copy_") == 0) {
    // Asking a tensor something must not be observed itself.
    const at::DisableRecordFunctionGuard unobserved;
    countCopy(function.inputs());
  } else if (strcmp(name, "aten::_local_scalar_dense") == 0 || strcmp(name, "aten::nonzero") == 0) {
    scalars++;
  }
  return nullptr;
}

}  // namespace

ct_status ct_transfers_begin(void) {
  return guarded([] {
    const std::lock_guard<std::mutex> lock(mutex);
    TORCH_CHECK_VALUE(callback == at::INVALID_CALLBACK_HANDLE, "copies are being counted already");
    waiting = asynchronous = scalars = 0;
    callback = at::addGlobalCallback(
        at::RecordFunctionCallback(observe).needsInputs(true).scopes(
            {at::RecordScope::FUNCTION}));
  });
}

ct_status ct_transfers_end(ct_transfers *counts) {
  return guarded([&] {
    const std::lock_guard<std::mutex> lock(mutex);
    TORCH_CHECK_VALUE(callback != at::INVALID_CALLBACK_HANDLE, "copies are not being counted");
    at::removeCallback(callback);
    callback = at::INVALID_CALLBACK_HANDLE;
    *counts = {waiting, asynchronous, scalars};
  });
}

ct_status ct_device_memory(ct_device where, int64_t *bytes) {
  return guarded([&] {
    const auto place = device(where);
    TORCH_CHECK_VALUE(!place.is_cpu(), "the memory of tensors on the CPU is not counted");
    auto *allocator = dynamic_cast<c10::DeviceAllocator *>(c10::GetAllocator(place.type()));
    TORCH_CHECK_VALUE(allocator != nullptr, "LibTorch does not manage the memory of ", place);
    const auto stats = allocator->getDeviceStats(place.index());
    constexpr auto all = static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE);
    *bytes = stats.allocated_bytes[all].current;
  });
}
