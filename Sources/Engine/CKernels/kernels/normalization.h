// Batch normalisation of pictures in channels-last order, included once by each file, which selects the instruction
// set and with it LANES.
#pragma once

#include "cknormalization.h"
#include "vectors.h"

/// Rows whose sums are kept in float32 before they are added in float64.
#define BLOCK 64

INLINE void addTo(double *sums, vec values) {
  for (int i = 0; i < LANES; i++) sums[i] += values[i];
}

static void statistics(
    const float *x, int64_t rows, int64_t channels, const float *center, double *sum,
    double *squares) {
  for (int64_t c = 0; c < channels; c++) sum[c] = squares[c] = 0;
  for (int64_t start = 0; start < rows; start += BLOCK) {
    const int64_t count = rows - start < BLOCK ? rows - start : BLOCK;
    for (int64_t c = 0; c < channels; c += LANES) {
      const float *from = x + start * channels + c;
      const vec middle = get(center + c);
      vec first = (vec)0.0f, second = (vec)0.0f;
      for (int64_t r = 0; r < count; r++) {
        const vec d = get(from + r * channels) - middle;
        first += d;
        second = fma_(d, d, second);
      }
      addTo(sum + c, first);
      addTo(squares + c, second);
    }
  }
}

static void normalize(
    const float *x, const float *residual, int64_t rows, int64_t channels, const float *scale,
    const float *shift, bool relu, float *y) {
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t c = 0; c < channels; c += LANES) {
      const int64_t at = r * channels + c;
      vec value = fma_(get(x + at), get(scale + c), get(shift + c));
      if (residual != NULL) value += get(residual + at);
      put(y + at, relu ? atLeast0(value) : value);
    }
  }
}

/// The gradient before the ReLU, whose output is positive where it passes gradients on; NaN passes them on, too.
INLINE vec passed(vec dy, vec y) {
  const integers blocked = y <= (vec)0.0f;
  return (vec)(~blocked & (integers)dy);
}

static void gradientSums(
    const float *x, const float *y, const float *dy, int64_t rows, int64_t channels,
    const float *mean, float *masked, double *sum, double *products) {
  for (int64_t c = 0; c < channels; c++) sum[c] = products[c] = 0;
  for (int64_t start = 0; start < rows; start += BLOCK) {
    const int64_t count = rows - start < BLOCK ? rows - start : BLOCK;
    for (int64_t c = 0; c < channels; c += LANES) {
      const vec middle = get(mean + c);
      vec first = (vec)0.0f, second = (vec)0.0f;
      for (int64_t r = 0; r < count; r++) {
        const int64_t at = (start + r) * channels + c;
        vec g = get(dy + at);
        if (y != NULL) g = passed(g, get(y + at));
        if (masked != NULL) put(masked + at, g);
        first += g;
        second = fma_(g, get(x + at) - middle, second);
      }
      addTo(sum + c, first);
      addTo(products + c, second);
    }
  }
}

static void inputGradient(
    const float *x, const float *y, const float *dy, int64_t rows, int64_t channels,
    const float *mean, const float *scale, const float *slope, const float *offset, float *dx) {
  for (int64_t r = 0; r < rows; r++) {
    for (int64_t c = 0; c < channels; c += LANES) {
      const int64_t at = r * channels + c;
      vec g = get(dy + at);
      if (y != NULL) g = passed(g, get(y + at));
      const vec centered = get(x + at) - get(mean + c);
      put(dx + at, fma_(get(scale + c), g, fma_(get(slope + c), centered, get(offset + c))));
    }
  }
}

#define NORMALIZATION                                                                 \
  {                                                                                   \
    .statistics = statistics, .normalize = normalize, .gradient_sums = gradientSums,  \
    .input_gradient = inputGradient                                                   \
  }
