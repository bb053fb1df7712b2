// Converts stored bytes to batches of floats.
#include "parallel.h"
#include "support.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/index_select.h>

#include <algorithm>
#include <array>

using namespace ctorch;

namespace {

constexpr float largestByte = 255;

/// Below this amount of work, starting a thread does not pay off.
constexpr int64_t bytesPerThread = 32768;

/// A lookup table for the 256 byte values. Separate assignments, since every step rounds to float32 as
/// `to_tensor` and `normalize` do; multiplying by 1/255 or fusing the operations would differ by an ulp.
using Table = std::array<float, 256>;

Table table(const float *mean, const float *std) {
  Table result;
  for (int byte = 0; byte < 256; byte++) {
    float value = static_cast<float>(byte) / largestByte;
    if (mean != nullptr) {
      value = value - *mean;
      value = value / *std;
    }
    result[byte] = value;
  }
  return result;
}

/// Gathers the selected rows in one pass, with one table lookup per value. `channels` may be larger than 1
/// if `pixels` has a single channel, which is then repeated.
at::Tensor gatherOnCPU(
    const at::Tensor &pixels, const at::Tensor &index, int64_t channels, at::MemoryFormat format,
    const std::vector<Table> &tables) {
  auto shape = pixels.sizes().vec();
  shape[0] = index.numel();
  if (pixels.dim() == 4) shape[1] = channels;
  auto result = at::empty(shape, at::TensorOptions(at::kCPU).dtype(at::kFloat), format);
  const auto rows = index.contiguous();
  const int64_t *row = rows.const_data_ptr<int64_t>();
  const int64_t count = rows.numel();
  // Checked before the threads start, because an exception inside them would lose its location.
  for (int64_t i = 0; i < count; i++) {
    TORCH_CHECK_INDEX(
        row[i] >= 0 && row[i] < pixels.size(0), "index ", row[i], " is out of range for ",
        pixels.size(0), " rows");
  }
  if (result.numel() == 0) return result;
  const uint8_t *source = pixels.const_data_ptr<uint8_t>();
  float *target = result.mutable_data_ptr<float>();
  const int64_t rowSize = result.numel() / count;
  const int64_t plane = rowSize / channels;
  const int64_t sourceSize = pixels.numel() / pixels.size(0);
  // The offset to the source's next channel; 0 if it has only one, which is repeated.
  const int64_t step = sourceSize == plane ? 0 : plane;
  const bool isLast = format == at::MemoryFormat::ChannelsLast;
  const int64_t grain = std::max<int64_t>(1, bytesPerThread / rowSize);
  parallelFor(0, count, grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      for (int64_t channel = 0; channel < channels; channel++) {
        const float *values = tables[tables.size() == 1 ? 0 : channel].data();
        const uint8_t *from = source + row[i] * sourceSize + channel * step;
        float *to = target + i * rowSize + channel * (isLast ? 1 : plane);
        const int64_t stride = isLast ? channels : 1;
        for (int64_t place = 0; place < plane; place++) to[place * stride] = values[from[place]];
      }
    }
  });
  return result;
}

/// The same computation with ATen. The operands are tensors on the device, because CUDA would multiply by
/// the reciprocal of a divisor on the CPU. They are filled there, because a copy would wait for the device.
at::Tensor gatherOnDevice(
    const at::Tensor &pixels, const at::Tensor &index, int64_t channels, at::MemoryFormat format,
    const float *mean, const float *std, size_t count) {
  auto constant = [&](const float *values) {
    auto shape = std::vector<int64_t>(pixels.dim(), 1);
    if (count > 1) shape[1] = static_cast<int64_t>(count);
    auto result = at::empty(shape, pixels.options().dtype(at::kFloat));
    auto each = result.view(-1);
    for (size_t i = 0; i < count; i++) each[static_cast<int64_t>(i)].fill_(values[i]);
    return result;
  };
  auto chosen = at::index_select(pixels, 0, index.to(pixels.device()));
  if (pixels.dim() == 4) chosen = chosen.expand({-1, channels, -1, -1});
  auto result = chosen.to(at::kFloat).contiguous(format);
  result.div_(at::full({}, largestByte, result.options()));
  if (count > 0) result.sub_(constant(mean)).div_(constant(std));
  return result;
}

}  // namespace

ct_status ct_gather_normalize(
    const ct_tensor *pixels, const ct_tensor *index, const float *mean, const float *std,
    size_t count, int64_t expanded, ct_memory_format format, ct_out out) {
  return produce(out, [&] {
    const auto &bytes = pixels->value;
    const auto &rows = index->value;
    TORCH_CHECK_VALUE(
        bytes.scalar_type() == at::kByte, "pixels must be uint8, not ", bytes.scalar_type());
    TORCH_CHECK_VALUE(bytes.dim() >= 1, "pixels must have a dimension of rows");
    TORCH_CHECK_VALUE(
        rows.scalar_type() == at::kLong && rows.dim() == 1,
        "the index must be an int64 vector, not ", rows.scalar_type(), " of shape ", rows.sizes());
    const int64_t own = bytes.dim() == 4 ? bytes.size(1) : 1;
    const int64_t channels = expanded == 0 ? own : expanded;
    TORCH_CHECK_VALUE(
        channels == own || (bytes.dim() == 4 && own == 1 && channels > 0),
        "bytes of shape ", bytes.sizes(), " have no ", channels, " channels");
    const auto order = format == CT_CHANNELS_LAST && bytes.dim() == 4
                           ? at::MemoryFormat::ChannelsLast
                           : at::MemoryFormat::Contiguous;
    TORCH_CHECK_VALUE(
        count <= 1 || static_cast<int64_t>(count) == channels, "mean and std have ", count,
        " values for ", channels, " channels");
    if (!bytes.is_cpu()) {
      return gatherOnDevice(bytes, rows, channels, order, mean, std, count);
    }
    std::vector<Table> tables;
    if (count == 0) tables.push_back(table(nullptr, nullptr));
    for (size_t i = 0; i < count; i++) tables.push_back(table(mean + i, std + i));
    return gatherOnCPU(bytes.contiguous(), rows.cpu(), channels, order, tables);
  });
}
