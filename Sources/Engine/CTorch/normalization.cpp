// Batch normalisation with the addition and the ReLU after it.
#include "parallel.h"
#include "support.h"

#include "cknormalization.h"

#include <ATen/autocast_mode.h>
#include <ATen/ops/batch_norm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <torch/csrc/autograd/custom_function.h>

#include <algorithm>
#include <cmath>

using namespace ctorch;

namespace {

constexpr auto layout = at::MemoryFormat::ChannelsLast;

/// A picture's pixels as rows, in slices that depend on their number alone.
struct Rows {
  explicit Rows(const at::Tensor &x)
      : count(x.size(0) * x.size(2) * x.size(3)),
        channels(x.size(1)),
        slices(std::clamp<int64_t>(count / 512, 1, 64)),
        slice((count + slices - 1) / slices) {}

  /// Calls `body` with the index, the first element and the rows of each slice.
  template <class Body>
  void forEach(const Body &body) const {
    parallelFor(0, slices, 1, [&](int64_t begin, int64_t end) {
      for (int64_t s = begin; s < end; s++) {
        const int64_t first = std::min(count, s * slice);
        body(s, first * channels, std::min(count, first + slice) - first);
      }
    });
  }

  /// Two sums for each channel: `body` fills those of each slice, and they are added in the order of the slices.
  template <class Body>
  std::pair<std::vector<double>, std::vector<double>> sums(const Body &body) const {
    std::vector<double> parts(2 * slices * channels);
    forEach([&](int64_t s, int64_t first, int64_t rows) {
      double *to = parts.data() + 2 * s * channels;
      body(first, rows, to, to + channels);
    });
    std::vector<double> one(channels), two(channels);
    for (int64_t s = 0; s < slices; s++) {
      const double *from = parts.data() + 2 * s * channels;
      for (int64_t c = 0; c < channels; c++) {
        one[c] += from[c];
        two[c] += from[channels + c];
      }
    }
    return {std::move(one), std::move(two)};
  }

  int64_t count, channels, slices, slice;
};

float *data(at::Tensor &x) { return x.mutable_data_ptr<float>(); }

const float *data(const at::Tensor &x) {
  return x.defined() ? x.const_data_ptr<float>() : nullptr;
}

using Optional = std::optional<at::Tensor>;

float valueOr(const Optional &x, int64_t index, float otherwise) {
  return x ? x->const_data_ptr<float>()[index] : otherwise;
}

struct Normalization : torch::autograd::Function<Normalization> {
  static at::Tensor forward(
      torch::autograd::AutogradContext *context, const at::Tensor &x, const Optional &weight,
      const Optional &bias, const Optional &residual, const Optional &runningMean,
      const Optional &runningVariance, double momentum, double eps, bool relu) {
    const auto &kernels = *ck_best_normalization();
    const Rows rows(x);
    const auto *values = data(x);
    // Any value of the picture is closer to its mean than 0 may be.
    const auto [sums, squares] = rows.sums([&](int64_t first, int64_t count, double *a, double *b) {
      kernels.statistics(values + first, count, rows.channels, values, a, b);
    });
    auto mean = at::empty({rows.channels}, at::kFloat), inverse = at::empty_like(mean);
    auto scale = at::empty_like(mean), shift = at::empty_like(mean);
    for (int64_t c = 0; c < rows.channels; c++) {
      const double offset = sums[c] / rows.count, center = values[c] + offset;
      const double variance = std::max(squares[c] / rows.count - offset * offset, 0.0);
      const double factor = 1 / std::sqrt(variance + eps);
      data(mean)[c] = center;
      data(inverse)[c] = factor;
      const double gamma = valueOr(weight, c, 1);
      data(scale)[c] = factor * gamma;
      data(shift)[c] = valueOr(bias, c, 0) - center * factor * gamma;
      if (runningMean && runningVariance) {
        auto &m = runningMean->mutable_data_ptr<float>()[c];
        m = (1 - momentum) * m + momentum * center;
        auto &v = runningVariance->mutable_data_ptr<float>()[c];
        v = (1 - momentum) * v + momentum * variance * rows.count / (rows.count - 1);
      }
    }
    auto y = at::empty_like(x);
    auto *to = data(y);
    const auto *added = residual ? residual->const_data_ptr<float>() : nullptr;
    const auto *factors = data(scale), *offsets = data(shift);
    rows.forEach([&](int64_t, int64_t first, int64_t count) {
      kernels.normalize(
          values + first, added ? added + first : nullptr, count, rows.channels, factors, offsets,
          relu, to + first);
    });
    context->save_for_backward({x, relu ? y : at::Tensor(), mean, inverse, scale});
    context->saved_data["weight"] = weight.has_value();
    context->saved_data["bias"] = bias.has_value();
    context->saved_data["residual"] = residual.has_value();
    return y;
  }

  static torch::autograd::variable_list backward(
      torch::autograd::AutogradContext *context, const torch::autograd::variable_list &gradients) {
    const auto &kernels = *ck_best_normalization();
    const auto saved = context->get_saved_variables();
    const auto &x = saved[0], &y = saved[1];
    const Rows rows(x);
    const auto dy = gradients[0].contiguous(layout);
    const auto *values = data(x), *outputs = data(y), *mean = data(saved[2]);
    const auto *inverse = data(saved[3]), *scale = data(saved[4]), *from = data(dy);
    const bool hasResidual = context->saved_data["residual"].toBool();
    // Behind a ReLU, what is added gets the gradient that passes.
    const bool masks = hasResidual && outputs != nullptr;
    auto masked = masks ? at::empty_like(x) : at::Tensor();
    auto *mask = masks ? data(masked) : nullptr;
    const auto [sums, products] =
        rows.sums([&](int64_t first, int64_t count, double *a, double *b) {
          kernels.gradient_sums(
              values + first, outputs ? outputs + first : nullptr, from + first, count,
              rows.channels, mean, mask ? mask + first : nullptr, a, b);
        });
    auto slope = at::empty({rows.channels}, at::kFloat), offset = at::empty_like(slope);
    auto dweight = at::empty_like(slope), dbias = at::empty_like(slope);
    for (int64_t c = 0; c < rows.channels; c++) {
      const double factor = inverse[c];
      data(dweight)[c] = products[c] * factor;
      data(dbias)[c] = sums[c];
      data(slope)[c] = -scale[c] * factor * factor * products[c] / rows.count;
      data(offset)[c] = -scale[c] * sums[c] / rows.count;
    }
    auto dx = at::empty_like(x);
    auto *to = data(dx);
    const auto *slopes = data(std::as_const(slope)), *offsets = data(std::as_const(offset));
    // The masked gradient needs no mask any more.
    const float *gradient = masks ? mask : from, *gate = masks ? nullptr : outputs;
    rows.forEach([&](int64_t, int64_t first, int64_t count) {
      kernels.input_gradient(
          values + first, gate ? gate + first : nullptr, gradient + first, count, rows.channels,
          mean, scale, slopes, offsets, to + first);
    });
    torch::autograd::variable_list result(9);
    result[0] = dx;
    if (context->saved_data["weight"].toBool()) result[1] = dweight;
    if (context->saved_data["bias"].toBool()) result[2] = dbias;
    if (hasResidual) result[3] = masks ? masked : dy;
    return result;
  }
};

/// Whether the kernels can normalise `x` by its own statistics.
bool isFast(
    const at::Tensor &x, const ct_tensor *residual,
    std::initializer_list<const ct_tensor *> vectors) {
  auto isFloat = [](const at::Tensor &t) { return t.is_cpu() && t.scalar_type() == at::kFloat; };
  auto isPicture = [&](const at::Tensor &t) {
    return isFloat(t) && t.is_contiguous(layout) && t.sizes() == x.sizes();
  };
  return x.dim() == 4 && isPicture(x) && x.numel() > 0 && x.size(1) % 16 == 0 &&
         x.numel() > x.size(1) && (residual == nullptr || isPicture(residual->value)) &&
         std::all_of(
             vectors.begin(), vectors.end(),
             [&](const ct_tensor *t) {
               return t == nullptr || (isFloat(t->value) && t->value.is_contiguous());
             }) &&
         ck_best_normalization() != nullptr && !at::autocast::is_autocast_enabled(at::kCPU);
}

}  // namespace

ct_status ct_batch_norm(
    const ct_tensor *x, const ct_tensor *weight, const ct_tensor *bias,
    const ct_tensor *running_mean, const ct_tensor *running_var, bool training, double momentum,
    double eps, const ct_tensor *residual, bool relu, ct_out out) {
  return produce(out, [&] {
    if (training && isFast(x->value, residual, {weight, bias, running_mean, running_var})) {
      return Normalization::apply(
          x->value, optional(weight), optional(bias), optional(residual), optional(running_mean),
          optional(running_var), momentum, eps, relu);
    }
    auto y = at::batch_norm(
        x->value, optional(weight), optional(bias), optional(running_mean),
        optional(running_var), training, momentum, eps, /*cudnn_enabled=*/true);
    if (residual != nullptr) y = y + residual->value;
    return relu ? y.relu_() : y;
  });
}
