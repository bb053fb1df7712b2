#include "support.h"

#include <algorithm>
#include <cstring>

namespace ctorch {

thread_local int64_t liveTensorsOfThread = 0;

namespace {

/// Statically allocated, so that reporting 'out of memory' needs no allocation.
constexpr size_t messageCapacity = 4096;
thread_local char lastMessage[messageCapacity] = "";

}  // namespace

ct_status fail(ct_status status, const char *message) noexcept {
  size_t length = strnlen(message, messageCapacity - 1);
  // The dispatcher appends a page of source locations, one line per type of device.
  const char *firstLineEnd = strchr(message, '\n');
  if (firstLineEnd != nullptr && strstr(firstLineEnd, ": registered at ") != nullptr) {
    length = std::min(length, static_cast<size_t>(firstLineEnd - message));
  }
  while (length > 0 && (message[length - 1] == '\n' || message[length - 1] == ' ')) length--;
  memcpy(lastMessage, message, length);
  lastMessage[length] = 0;
  return status;
}

at::ScalarType scalarType(ct_dtype dtype) {
  switch (dtype) {
    case CT_FLOAT32: return at::kFloat;
    case CT_FLOAT64: return at::kDouble;
    case CT_FLOAT16: return at::kHalf;
    case CT_BFLOAT16: return at::kBFloat16;
    case CT_INT64: return at::kLong;
    case CT_INT32: return at::kInt;
    case CT_UINT8: return at::kByte;
    case CT_BOOL: return at::kBool;
    case CT_OTHER_DTYPE: break;
  }
  TORCH_CHECK_VALUE(false, "unknown element type ", static_cast<int>(dtype));
}

ct_dtype dtypeOf(at::ScalarType type) noexcept {
  switch (type) {
    case at::kFloat: return CT_FLOAT32;
    case at::kDouble: return CT_FLOAT64;
    case at::kHalf: return CT_FLOAT16;
    case at::kBFloat16: return CT_BFLOAT16;
    case at::kLong: return CT_INT64;
    case at::kInt: return CT_INT32;
    case at::kByte: return CT_UINT8;
    case at::kBool: return CT_BOOL;
    default: return CT_OTHER_DTYPE;
  }
}

at::Tensor onHost(const at::Tensor &x, at::ScalarType dtype) {
  // `contiguous` after `to`, because a conversion keeps channels-last strides.
  return x.detach().to(at::TensorOptions(at::kCPU).dtype(dtype)).contiguous();
}

}  // namespace ctorch

const char *ct_last_error(void) { return ctorch::lastMessage; }

int64_t ct_live_tensor_count_of_thread(void) { return ctorch::liveTensorsOfThread; }
