// Channels-last maximum pooling for inference. ATen's also stores the index of each maximum, which only
// gradients need and which takes most of its time.
#include "parallel.h"
#include "support.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/max_pool2d.h>

#include <algorithm>
#include <limits>

// The versions differ only in speed: a maximum does not round.
#if defined(__x86_64__) && defined(__linux__)
#define CT_FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CT_FOR_EACH_PROCESSOR
#endif

using namespace ctorch;

namespace {

struct Window {
  int64_t kernel, stride, padding;

  int64_t places(int64_t size) const { return (size + 2 * padding - kernel) / stride + 1; }
  int64_t begin(int64_t place) const { return std::max<int64_t>(place * stride - padding, 0); }
  int64_t end(int64_t place, int64_t size) const {
    return std::min(place * stride - padding + kernel, size);
  }
};

/// Below this amount of work, starting a thread does not pay off.
constexpr int64_t valuesPerThread = 32768;

/// target = max(target, source), NaN if either is.
CT_FOR_EACH_PROCESSOR
void takeMaximum(float *target, const float *source, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const float value = source[i];
    target[i] = value > target[i] || value != value ? value : target[i];
  }
}

at::Tensor pool(const at::Tensor &x, const Window &rows, const Window &columns) {
  const int64_t channels = x.size(1), height = x.size(2), width = x.size(3);
  const int64_t outHeight = rows.places(height), outWidth = columns.places(width);
  auto result = at::empty(
      {x.size(0), channels, outHeight, outWidth}, x.options(), at::MemoryFormat::ChannelsLast);
  const float *source = x.const_data_ptr<float>();
  float *target = result.mutable_data_ptr<float>();
  const int64_t work = outWidth * channels * rows.kernel * columns.kernel;
  const int64_t grain = std::max<int64_t>(1, valuesPerThread / std::max<int64_t>(work, 1));
  parallelFor(0, x.size(0) * outHeight, grain, [&](int64_t begin, int64_t end) {
    for (int64_t line = begin; line < end; line++) {
      const int64_t image = line / outHeight, row = line % outHeight;
      float *to = target + line * outWidth * channels;
      std::fill_n(to, outWidth * channels, -std::numeric_limits<float>::infinity());
      for (int64_t y = rows.begin(row); y < rows.end(row, height); y++) {
        const float *from = source + (image * height + y) * width * channels;
        for (int64_t column = 0; column < outWidth; column++) {
          const int64_t last = columns.end(column, width);
          for (int64_t x = columns.begin(column); x < last; x++) {
            takeMaximum(to + column * channels, from + x * channels, channels);
          }
        }
      }
    }
  });
  return result;
}

int64_t numberAt(const ct_ints &list, size_t place) {
  const auto values = ints(list);
  TORCH_CHECK_VALUE(values.size() == 1 || values.size() == 2, "expected one number or two");
  return values[std::min(place, values.size() - 1)];
}

}  // namespace

ct_status ct_max_pool2d_inference(
    const ct_tensor *x, ct_ints kernel, ct_ints stride, ct_ints padding, ct_out out) {
  return produce(out, [&] {
    const auto &value = x->value;
    const ct_ints &steps = stride.count == 0 ? kernel : stride;
    const Window rows{numberAt(kernel, 0), numberAt(steps, 0), numberAt(padding, 0)};
    const Window columns{numberAt(kernel, 1), numberAt(steps, 1), numberAt(padding, 1)};
    auto fits = [](const Window &window, int64_t size) {
      return window.kernel > 0 && window.stride > 0 && window.padding >= 0 &&
             2 * window.padding <= window.kernel && size + 2 * window.padding >= window.kernel;
    };
    if (value.dim() == 4 && value.is_cpu() && value.scalar_type() == at::kFloat &&
        value.numel() > 0 && value.is_contiguous(at::MemoryFormat::ChannelsLast) &&
        fits(rows, value.size(2)) && fits(columns, value.size(3))) {
      return pool(value, rows, columns);
    }
    return at::max_pool2d(value, ints(kernel), ints(stride), ints(padding));
  });
}
