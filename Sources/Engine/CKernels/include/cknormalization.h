// Batch normalisation in training of pictures in channels-last order, [row][channel] where a row is a pixel, together
// with the addition and the ReLU that may follow it. The number of channels is a multiple of 16.
//
// Sums of 64 rows are made in float32 and added in float64. Kernels do not allocate, keep no state and start no
// threads.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ck_normalization {
  /// The sums of x - center and of its squares over all rows, for each channel.
  void (*statistics)(
      const float *x, int64_t rows, int64_t channels, const float *center, double *sum,
      double *squares);
  /// y = x scale + shift + residual, with a ReLU if wanted; `residual` may be null.
  void (*normalize)(
      const float *x, const float *residual, int64_t rows, int64_t channels, const float *scale,
      const float *shift, bool relu, float *y);
  /// With g = dy where y > 0, or everywhere if `y` is null: the sums of g and of g (x - mean). Stores g in `masked`
  /// unless that is null.
  void (*gradient_sums)(
      const float *x, const float *y, const float *dy, int64_t rows, int64_t channels,
      const float *mean, float *masked, double *sum, double *products);
  /// dx = scale g + slope (x - mean) + offset.
  void (*input_gradient)(
      const float *x, const float *y, const float *dy, int64_t rows, int64_t channels,
      const float *mean, const float *scale, const float *slope, const float *offset, float *dx);
} ck_normalization;

/// The kernels for registers of 512 bits if `wide`, otherwise of 256; null if the processor does not have them. Both
/// give the same bits.
const ck_normalization *ck_normalization_of(bool wide);

/// The kernels for this processor; null where there are none.
const ck_normalization *ck_best_normalization(void);

#ifdef __cplusplus
}
#endif
