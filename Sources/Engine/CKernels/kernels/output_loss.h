// Losses of every output on its own.
#pragma once

#include "simd.h"

/// ln(1 + x) for x in [0, 1], within 2 units in the last place: 2 artanh(x / (2 + x)) as a series.
INLINE floats logarithmOfOnePlus(floats x) {
  floats s = x / (all(2) + x);
  floats square = s * s;
  floats p = all(1.0f / 15);
  p = p * square + all(1.0f / 13);
  p = p * square + all(1.0f / 11);
  p = p * square + all(1.0f / 9);
  p = p * square + all(1.0f / 7);
  p = p * square + all(1.0f / 5);
  p = p * square + all(1.0f / 3);
  p = p * square * s + s;
  return p + p;
}

/// The losses of some outputs, and their derivatives.
INLINE floats lossesOf(
    ck_output_loss kind, floats x, floats target, floats positive, floats *derivative) {
  if (kind == CK_SQUARED_ERROR) {
    floats difference = x - target;
    *derivative = difference + difference;
    return difference * difference;
  }
  floats e = exponential(-magnitude(x));
  floats share = choose(x < all(0), e, all(1)) / (all(1) + e);
  // The logarithm of the sigmoid.
  floats logarithm = choose(x < all(0), x, all(0)) - logarithmOfOnePlus(e);
  floats weighted = positive * target;
  *derivative = share * ((weighted + all(1)) - target) - weighted;
  return (all(1) - target) * x - ((positive - all(1)) * target + all(1)) * logarithm;
}

static void outputLoss(
    ck_output_loss kind, float *outputs, const float *targets, const float *positive,
    size_t rows, size_t columns, float factor, float *means) {
  const ints lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  for (size_t i = 0; i < rows; i++) {
    float *row = outputs + i * columns;
    floats sum = all(0);
    for (size_t j = 0; j < columns; j += LANES) {
      size_t part = columns - j < LANES ? columns - j : LANES;
      floats x = loadPart(row + j, part, 0);
      floats target = loadPart(targets + i * columns + j, part, 0);
      floats weights = positive == NULL ? all(1) : loadPart(positive + j, part, 1);
      floats derivative;
      floats losses = lossesOf(kind, x, target, weights, &derivative);
      sum += choose(lane < (ints)(int32_t)part, losses, all(0));
      storePart(row + j, derivative * all(factor), part);
    }
    means[i] = sumOf(sum) / (float)columns;
  }
}
