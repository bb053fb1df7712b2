// The losses of FCOS: which box each point is trained for, and how far the outputs are from it. Nothing here waits for
// the device.
#include "detection.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Reduction.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <limits>

using namespace ctorch;

namespace ctorch {

std::vector<PyramidLevel> pyramidLevels(int64_t height, int64_t width) {
  TORCH_CHECK_VALUE(height > 0 && width > 0, "images of ", height, " by ", width, " pixels");
  std::vector<PyramidLevel> levels;
  for (int64_t stride = 8; stride <= 128; stride *= 2) {
    levels.push_back({(height + stride - 1) / stride, (width + stride - 1) / stride, stride});
  }
  return levels;
}

int64_t pointCount(const std::vector<PyramidLevel> &levels) {
  int64_t count = 0;
  for (const auto &level : levels) count += level.points();
  return count;
}

at::Tensor pyramidPoints(
    const std::vector<PyramidLevel> &levels, int64_t height, int64_t width,
    const at::TensorOptions &options) {
  std::vector<float> values;
  values.reserve(3 * pointCount(levels));
  for (const auto &level : levels) {
    // The distances that torchvision's AnchorGenerator takes, which are those of the stride only if it divides the
    // image.
    const int64_t down = height / level.rows, right = width / level.columns;
    for (int64_t row = 0; row < level.rows; row++) {
      for (int64_t column = 0; column < level.columns; column++) {
        values.push_back(static_cast<float>(column * right));
        values.push_back(static_cast<float>(row * down));
        values.push_back(static_cast<float>(level.stride));
      }
    }
  }
  const auto count = static_cast<int64_t>(values.size() / 3);
  return at::from_blob(values.data(), {count, 3}, at::kFloat).to(options, false, true);
}

}  // namespace ctorch

namespace {

void checkPoints(const at::Tensor &x, int64_t points, int64_t width) {
  TORCH_CHECK_VALUE(
      x.dim() == 3 && x.size(1) == points && x.size(2) >= width, "outputs of shape ", x.sizes(),
      " for ", points, " points");
}

/// 1 - the generalised intersection over union of boxes [.., 4] of the same shape.
at::Tensor overlapLoss(const at::Tensor &found, const at::Tensor &truth) {
  const double eps = 1e-7;
  const auto a = found.unbind(-1), b = truth.unbind(-1);
  const auto width = at::minimum(a[2], b[2]) - at::maximum(a[0], b[0]);
  const auto height = at::minimum(a[3], b[3]) - at::maximum(a[1], b[1]);
  const auto both = at::where((width > 0) & (height > 0), width * height, at::zeros_like(width));
  const auto either =
      (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both;
  const auto hull = (at::maximum(a[2], b[2]) - at::minimum(a[0], b[0]))
      * (at::maximum(a[3], b[3]) - at::minimum(a[1], b[1]));
  return 1 - (both / (either + eps) - (hull - either) / (hull + eps));
}

/// The sigmoid focal loss of Lin et al. (2017) with alpha 0.25 and gamma 2, element-wise.
at::Tensor focalLoss(const at::Tensor &logits, const at::Tensor &truth) {
  const auto entropy = at::binary_cross_entropy_with_logits(
      logits, truth, std::nullopt, std::nullopt, at::Reduction::None);
  const auto p = at::sigmoid(logits);
  const auto miss = p + truth - 2 * p * truth;
  return (0.75 - 0.5 * truth) * entropy * miss * miss;
}

}  // namespace

ct_status ct_fcos_assign(
    const ct_tensor *targets, int64_t height, int64_t width, double radius, ct_out out) {
  return produce(out, [&] {
    at::NoGradGuard noGrad;
    auto rows = targets->value;
    TORCH_CHECK_VALUE(
        rows.dim() == 3 && rows.size(2) == 5, "boxes of shape ", rows.sizes(),
        " instead of [images, boxes, 5]");
    const auto levels = pyramidLevels(height, width);
    const auto points = pyramidPoints(levels, height, width, rows.options());
    const int64_t images = rows.size(0), count = points.size(0);
    // On the CPU, rows that no image fills are not looked at.
    if (rows.is_cpu() && rows.numel() > 0) {
      rows = rows.narrow(1, 0, (rows.select(2, 0) >= 0).sum(1).max().item<int64_t>());
    }
    if (rows.size(1) == 0) {
      auto none = at::zeros({images, count, 6}, rows.options());
      none.select(2, 0).fill_(-1);
      return none;
    }
    const auto x = points.select(1, 0).view({1, count, 1});
    const auto y = points.select(1, 1).view({1, count, 1});
    const auto size = points.select(1, 2).view({1, count, 1});
    // [images, 1, boxes] each.
    const auto edges = rows.unsqueeze(1).unbind(-1);
    const auto &left = edges[1], &top = edges[2], &right = edges[3], &bottom = edges[4];
    const auto away =
        at::maximum((x - (left + right) / 2).abs(), (y - (top + bottom) / 2).abs());
    const auto l = x - left, t = y - top, r = right - x, b = bottom - y;
    const auto nearest = at::minimum(at::minimum(l, t), at::minimum(r, b));
    const auto farthest = at::maximum(at::maximum(l, t), at::maximum(r, b));
    auto lower = size * 4, upper = size * 8;
    lower.narrow(1, 0, levels.front().points()).fill_(0);
    upper.narrow(1, count - levels.back().points(), levels.back().points())
        .fill_(std::numeric_limits<float>::infinity());
    const auto fits = (away < radius * size) & (nearest > 0) & (farthest > lower)
        & (farthest < upper) & (edges[0] >= 0);
    // In float32 as torchvision, whose rounding decides between boxes of nearly the same area.
    const auto preference = fits.to(rows.dtype()) * (1e8 - (right - left) * (bottom - top));
    const auto [best, index] = preference.max(2);
    const auto isMatched = (best >= 1e-5).unsqueeze(2);
    const auto chosen = rows.gather(1, index.unsqueeze(2).expand({images, count, 5}));
    const auto center = points.unsqueeze(0);
    const auto scale = center.narrow(2, 2, 1);
    const auto first = (center.narrow(2, 0, 2) - chosen.narrow(2, 1, 2)) / scale;
    const auto second = (chosen.narrow(2, 3, 2) - center.narrow(2, 0, 2)) / scale;
    const auto ratio = at::minimum(first, second) / at::maximum(first, second);
    const auto centerness = (ratio.select(2, 0) * ratio.select(2, 1)).sqrt().unsqueeze(2);
    auto none = at::zeros({6}, rows.options());
    none[0] = -1;
    return at::where(isMatched, at::cat({chosen, centerness}, 2), none);
  });
}

ct_status ct_fcos_losses(
    const ct_tensor *outputs, const ct_tensor *assigned, int64_t height, int64_t width,
    ct_out out) {
  return produce(out, [&] {
    const auto &x = outputs->value, &truth = assigned->value;
    const auto levels = pyramidLevels(height, width);
    const auto points = pyramidPoints(levels, height, width, x.options());
    checkPoints(x, points.size(0), 6);
    checkPoints(truth, points.size(0), 6);
    const int64_t classes = x.size(2) - 5;
    const auto label = truth.select(2, 0);
    const auto isFound = label >= 0;
    const auto zero = at::zeros({}, x.options());

    const auto numbers = at::arange(classes, x.options());
    const auto focal =
        focalLoss(x.narrow(2, 0, classes), (label.unsqueeze(2) == numbers).to(x.dtype()));

    const auto distances = x.narrow(2, classes, 4) * points.narrow(1, 2, 1);
    const auto center = points.narrow(1, 0, 2);
    const auto found =
        at::cat({center - distances.narrow(2, 0, 2), center + distances.narrow(2, 2, 2)}, 2);
    const auto overlap = at::where(isFound, overlapLoss(found, truth.narrow(2, 1, 4)), zero);

    const auto entropy = at::binary_cross_entropy_with_logits(
        x.select(2, classes + 4), truth.select(2, 5), std::nullopt, std::nullopt,
        at::Reduction::None);
    const auto centerness = at::where(isFound, entropy, zero);
    return at::stack({focal.sum({1, 2}), overlap.sum(1), centerness.sum(1)}, 1);
  });
}
