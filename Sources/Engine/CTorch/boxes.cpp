// How the boxes of an image are chosen among the candidates of FCOS, on the CPU.
#include "detection.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <algorithm>
#include <map>

using namespace ctorch;

namespace {

/// Candidates of an image.
struct Candidates {
  /// [count]
  at::Tensor scores;
  /// Class numbers, [count].
  at::Tensor labels;
  /// Edges, [count, 4].
  at::Tensor boxes;
};

/// The best candidates of a level.
Candidates candidates(
    const at::Tensor &outputs, const at::Tensor &points, int64_t height, int64_t width,
    const ct_box_choice &choice) {
  const int64_t classes = outputs.size(1) - 5;
  const auto all = (at::sigmoid(outputs.narrow(1, 0, classes))
                    * at::sigmoid(outputs.narrow(1, classes + 4, 1)))
                       .sqrt()
                       .flatten();
  auto places = (all > choice.score_threshold).nonzero().squeeze(1);
  auto [scores, order] = all.index_select(0, places).topk(
      std::min(places.size(0), std::max<int64_t>(choice.candidates, 0)));
  places = places.index_select(0, order);
  const auto labels = places.remainder(classes);
  const auto rows = places.div(classes, "floor");
  const auto point = points.index_select(0, rows);
  const auto center = point.narrow(1, 0, 2);
  const auto distances =
      outputs.narrow(1, classes, 4).index_select(0, rows) * point.narrow(1, 2, 1);
  const auto first = center - distances.narrow(1, 0, 2);
  const auto second = center + distances.narrow(1, 2, 2);
  const auto x = [&](const at::Tensor &edge) { return edge.select(1, 0).clamp(0, width); };
  const auto y = [&](const at::Tensor &edge) { return edge.select(1, 1).clamp(0, height); };
  return {scores, labels, at::stack({x(first), y(first), x(second), y(second)}, 1)};
}

/// The boxes that remain when of two with a larger overlap than `threshold` the one with the lower score is dropped,
/// best first, as torchvision's `nms`.
std::vector<int64_t> suppressed(
    const at::Tensor &boxes, const at::Tensor &scores, double threshold) {
  const auto order = std::get<1>(scores.sort(/*stable=*/true, /*dim=*/0, /*descending=*/true));
  const auto sorted = boxes.index_select(0, order).t().contiguous();
  const int64_t count = scores.size(0);
  const auto *places = order.const_data_ptr<int64_t>();
  const auto *x1 = sorted.const_data_ptr<float>();
  const auto *y1 = x1 + count, *x2 = y1 + count, *y2 = x2 + count;
  std::vector<float> areas(count);
  for (int64_t i = 0; i < count; i++) areas[i] = (x2[i] - x1[i]) * (y2[i] - y1[i]);
  std::vector<uint8_t> isDropped(count, 0);
  std::vector<int64_t> kept;
  for (int64_t i = 0; i < count; i++) {
    if (isDropped[i]) continue;
    kept.push_back(places[i]);
    for (int64_t j = i + 1; j < count; j++) {
      const float width = std::max(0.f, std::min(x2[i], x2[j]) - std::max(x1[i], x1[j]));
      const float height = std::max(0.f, std::min(y2[i], y2[j]) - std::max(y1[i], y1[j]));
      const float both = width * height;
      const float overlap = both / (areas[i] + areas[j] - both);
      if (overlap > threshold) isDropped[j] = 1;
    }
  }
  return kept;
}

at::Tensor indices(const std::vector<int64_t> &values) {
  return at::tensor(values, at::kLong);
}

/// The same among boxes of one class. As torchvision's `batched_nms`, few boxes are compared together, those of each
/// class moved to a place of their own, which rounds their edges.
at::Tensor suppressedByClass(const Candidates &all, double threshold) {
  const int64_t count = all.scores.size(0);
  if (count == 0) return indices({});
  if (4 * count <= 4000) {
    const auto moved = all.labels.to(all.boxes.dtype()) * (all.boxes.max() + 1);
    return indices(suppressed(all.boxes + moved.unsqueeze(1), all.scores, threshold));
  }
  std::map<int64_t, std::vector<int64_t>> byClass;
  const auto *labels = all.labels.const_data_ptr<int64_t>();
  for (int64_t i = 0; i < count; i++) byClass[labels[i]].push_back(i);
  std::vector<int64_t> kept;
  for (const auto &[label, members] : byClass) {
    const auto index = indices(members);
    const auto chosen = suppressed(
        all.boxes.index_select(0, index), all.scores.index_select(0, index), threshold);
    for (const auto place : chosen) kept.push_back(members[place]);
  }
  std::sort(kept.begin(), kept.end());
  const auto index = indices(kept);
  const auto order = std::get<1>(
      all.scores.index_select(0, index).sort(/*stable=*/false, /*dim=*/0, /*descending=*/true));
  return index.index_select(0, order);
}

}  // namespace

ct_status ct_fcos_detect(
    const ct_tensor *outputs, int64_t height, int64_t width, ct_box_choice choice, ct_out out) {
  return produce(out, [&] {
    at::NoGradGuard noGrad;
    const auto x = onHost(outputs->value, at::kFloat);
    const auto levels = pyramidLevels(height, width);
    const auto points = pyramidPoints(levels, height, width, x.options());
    TORCH_CHECK_VALUE(
        x.dim() == 3 && x.size(1) == points.size(0) && x.size(2) > 5, "outputs of shape ",
        x.sizes(), " for ", points.size(0), " points");
    auto result = at::zeros({x.size(0), choice.most, 6}, x.options());
    result.select(2, 1).fill_(-1);
    for (int64_t image = 0; image < x.size(0); image++) {
      std::vector<at::Tensor> scores, labels, boxes;
      int64_t start = 0;
      for (const auto &level : levels) {
        const auto found = candidates(
            x[image].narrow(0, start, level.points()), points.narrow(0, start, level.points()),
            height, width, choice);
        scores.push_back(found.scores);
        labels.push_back(found.labels);
        boxes.push_back(found.boxes);
        start += level.points();
      }
      const Candidates all{at::cat(scores), at::cat(labels), at::cat(boxes)};
      auto kept = suppressedByClass(all, choice.nms_threshold);
      kept = kept.narrow(0, 0, std::min(kept.size(0), choice.most));
      auto rows = result[image].narrow(0, 0, kept.size(0));
      rows.select(1, 0).copy_(all.scores.index_select(0, kept));
      rows.select(1, 1).copy_(all.labels.index_select(0, kept));
      rows.narrow(1, 2, 4).copy_(all.boxes.index_select(0, kept));
    }
    return result;
  });
}
