/// The losses and the boxes of FCOS (Tian, Shen, Chen and He, 2020), as torchvision computes them; the rules are those
/// of `ctorch.h`.
///
/// The points of a model lie on five levels with strides of 8, 16, 32, 64 and 128 pixels, level by level and row by
/// row. A level of an image of `height` × `width` has ⌈height / stride⌉ × ⌈width / stride⌉ points, ⌊height / rows⌋ and
/// ⌊width / columns⌋ pixels apart, the first of them at the upper left corner.
///
/// Outputs are [images, points, classes + 5]: class logits, the distances to the left, upper, right and lower edge of
/// the box in units of the stride, and the logit of the centerness.
#ifndef CTORCH_DETECTION_H
#define CTORCH_DETECTION_H

#include "ctorch.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin
#pragma GCC visibility push(default)

/// The box that each point is trained for, [images, points, 6]: class, left, upper, right and lower edge, and
/// centerness. Points without a box have class -1 and zeros.
///
/// A point belongs to a box that contains it, whose center is less than `radius` strides away in both directions, and
/// whose most distant edge is within the level's range: up to 64 pixels at P3, up to 128, 256 and 512 at the next,
/// and all above at P7. Of several boxes it is the smallest.
///
/// `targets` is [images, boxes, 5], class and edges; rows without a box have a negative class.
CT_CHECKED ct_status ct_fcos_assign(
    const ct_tensor *targets, int64_t height, int64_t width, double radius, ct_out out);

/// Three losses of each image, [images, 3]: the sigmoid focal loss of all classes and points (alpha 0.25, gamma 2);
/// and over the points with a box, 1 - the generalised intersection over union, and the binary cross-entropy of the
/// centerness. All are sums. `assigned` is what `ct_fcos_assign` gives.
CT_CHECKED ct_status ct_fcos_losses(
    const ct_tensor *outputs, const ct_tensor *assigned, int64_t height, int64_t width,
    ct_out out);

/// How boxes are chosen among the points and classes of an image.
typedef struct ct_box_choice {
  /// The score, √(class probability × centerness), that a box has to exceed.
  double score_threshold;
  /// The intersection over union with a better box of its class that a box must not exceed.
  double nms_threshold;
  /// The most boxes of one level that are looked at, best first.
  int64_t candidates;
  /// The most boxes of an image.
  int64_t most;
} ct_box_choice;

/// The boxes found in each image, best first, [images, most, 6] as float32 on the CPU: score, class, left, upper, right
/// and lower edge in pixels, clipped to the image. Rows without a box have class -1 and zeros.
CT_CHECKED ct_status ct_fcos_detect(
    const ct_tensor *outputs, int64_t height, int64_t width, ct_box_choice choice, ct_out out);

#pragma GCC visibility pop
#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif

#endif
