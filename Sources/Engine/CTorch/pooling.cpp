// Channels-last maximum pooling. ATen's also stores the index of each maximum, which takes most of its time; here the
// gradient finds the maxima again.
#include "parallel.h"
#include "processors.h"
#include "support.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/max_pool2d.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <limits>
#include <vector>

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

bool fits(const Window &window, int64_t size) {
  return window.kernel > 0 && window.stride > 0 && window.padding >= 0 &&
         2 * window.padding <= window.kernel && size + 2 * window.padding >= window.kernel;
}

/// target += gradient where source is the maximum and no earlier value of the window was; `isTaken` says for which
/// channels one was.
CT_FOR_EACH_PROCESSOR
void addWhereMaximal(
    float *target, const float *source, const float *maximum, const float *gradient,
    int32_t *isTaken, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const bool isSame =
        source[i] == maximum[i] || (source[i] != source[i] && maximum[i] != maximum[i]);
    const bool takes = isSame && !isTaken[i];
    target[i] += takes ? gradient[i] : 0.0f;
    isTaken[i] |= takes;
  }
}

/// The gradient of x, from its maxima `y` and their gradient, all in channels-last order. The first of several equal
/// values of a window has it, as in ATen.
at::Tensor poolGradient(
    const at::Tensor &x, const at::Tensor &y, const at::Tensor &dy, const Window &rows,
    const Window &columns) {
  const int64_t channels = x.size(1), height = x.size(2), width = x.size(3);
  const int64_t outHeight = y.size(2), outWidth = y.size(3);
  auto result = at::empty(x.sizes(), x.options(), at::MemoryFormat::ChannelsLast);
  const float *source = x.const_data_ptr<float>(), *maxima = y.const_data_ptr<float>();
  const float *gradients = dy.const_data_ptr<float>();
  float *target = result.mutable_data_ptr<float>();
  const int64_t size = height * width * channels, outSize = outHeight * outWidth * channels;
  // Windows may overlap, so one thread has the whole image.
  const int64_t grain = std::max<int64_t>(1, valuesPerThread / size);
  parallelFor(0, x.size(0), grain, [&](int64_t begin, int64_t end) {
    std::vector<int32_t> isTaken(channels);
    for (int64_t image = begin; image < end; image++) {
      const float *from = source + image * size, *most = maxima + image * outSize;
      const float *gradient = gradients + image * outSize;
      float *to = target + image * size;
      std::fill_n(to, size, 0.0f);
      for (int64_t row = 0; row < outHeight; row++) {
        for (int64_t column = 0; column < outWidth; column++) {
          const int64_t place = (row * outWidth + column) * channels;
          std::fill(isTaken.begin(), isTaken.end(), 0);
          for (int64_t y = rows.begin(row); y < rows.end(row, height); y++) {
            for (int64_t x = columns.begin(column); x < columns.end(column, width); x++) {
              const int64_t input = (y * width + x) * channels;
              addWhereMaximal(
                  to + input, from + input, most + place, gradient + place, isTaken.data(), channels);
            }
          }
        }
      }
    }
  });
  return result;
}

struct MaxPool : torch::autograd::Function<MaxPool> {
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const at::Tensor &x, const Window &rows,
      const Window &columns) {
    auto y = pool(x, rows, columns);
    context->save_for_backward({x, y});
    context->saved_data["windows"] = std::vector<int64_t>{
        rows.kernel, rows.stride, rows.padding, columns.kernel, columns.stride, columns.padding};
    return y;
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, const torch::autograd::variable_list &gradients) {
    const auto saved = context->get_saved_variables();
    const auto values = context->saved_data["windows"].toIntVector();
    return {
        poolGradient(
            saved[0], saved[1], gradients[0].contiguous(at::MemoryFormat::ChannelsLast),
            {values[0], values[1], values[2]}, {values[3], values[4], values[5]}),
        at::Tensor(), at::Tensor()};
  }
};

}  // namespace

ct_status ct_max_pool2d(
    const ct_tensor *x, ct_ints kernel, ct_ints stride, ct_ints padding, ct_ints dilation,
    bool ceil_mode, ct_out out) {
  return produce(out, [&] {
    const auto &value = x->value;
    const ct_ints &steps = stride.count == 0 ? kernel : stride;
    const Window rows{numberAt(kernel, 0), numberAt(steps, 0), numberAt(padding, 0)};
    const Window columns{numberAt(kernel, 1), numberAt(steps, 1), numberAt(padding, 1)};
    if (value.dim() == 4 && value.is_cpu() && value.scalar_type() == at::kFloat &&
        value.numel() > 0 && value.is_contiguous(at::MemoryFormat::ChannelsLast) && !ceil_mode &&
        numberAt(dilation, 0) == 1 && numberAt(dilation, 1) == 1 && fits(rows, value.size(2)) &&
        fits(columns, value.size(3))) {
      return MaxPool::apply(value, rows, columns);
    }
    return at::max_pool2d(
        value, ints(kernel), ints(stride), ints(padding), ints(dilation), ceil_mode);
  });
}
