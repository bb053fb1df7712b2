// Activations forward and backward, column sums, and conversion of bytes to floats.
#pragma once

#include "simd.h"

/// Replaces each value of `x` by `expression`, evaluated on lanes `v`.
#define EACH(x, count, expression)                           \
  do {                                                       \
    size_t place_ = 0;                                       \
    for (; place_ + LANES <= (count); place_ += LANES) {     \
      floats v = load((x) + place_);                         \
      store((x) + place_, (expression));                     \
    }                                                        \
    if (place_ < (count)) {                                  \
      floats v = loadPart((x) + place_, (count) - place_, 0);\
      storePart((x) + place_, (expression), (count) - place_);\
    }                                                        \
  } while (0)

/// Like `EACH`, with the lanes `w` of a second array, which is only read.
#define EACH2(y, x, count, expression)                       \
  do {                                                       \
    size_t place_ = 0;                                       \
    for (; place_ + LANES <= (count); place_ += LANES) {     \
      floats v = load((x) + place_), w = load((y) + place_); \
      store((x) + place_, (expression));                     \
    }                                                        \
    if (place_ < (count)) {                                  \
      floats v = loadPart((x) + place_, (count) - place_, 0);\
      floats w = loadPart((y) + place_, (count) - place_, 0);\
      storePart((x) + place_, (expression), (count) - place_);\
    }                                                        \
  } while (0)

INLINE floats sigmoid(floats x) { return all(1) / (all(1) + exponential(-x)); }

/// Cephes' `tanhf`: a polynomial near 0, where the other formula suffers from cancellation.
INLINE floats hyperbolicTangent(floats x) {
  floats size = magnitude(x);
  floats z = x * x;
  floats p = all(-5.70498872745e-3f);
  p = p * z + all(2.06390887954e-2f);
  p = p * z + all(-5.37397155531e-2f);
  p = p * z + all(1.33314422036e-1f);
  p = p * z + all(-3.33332819422e-1f);
  floats near = (p * z) * x + x;
  floats far = all(1) - all(2) / (exponential(size + size) + all(1));
  far = choose(x < all(0), -far, far);
  return choose(size >= all(0.625f), far, near);
}

static void activate(ck_activation kind, float slope, float *x, size_t count) {
  switch (kind) {
    case CK_RELU: EACH(x, count, choose(v <= all(0), all(0), v)); break;
    case CK_LEAKY_RELU: EACH(x, count, choose(v > all(0), v, v * all(slope))); break;
    case CK_SIGMOID: EACH(x, count, sigmoid(v)); break;
    case CK_TANH: EACH(x, count, hyperbolicTangent(v)); break;
  }
}

static void activateBackward(
    ck_activation kind, float slope, const float *y, float *gradient, size_t count) {
  switch (kind) {
    case CK_RELU: EACH2(y, gradient, count, choose(w > all(0), v, all(0))); break;
    // With a positive slope, the output has the sign of the input.
    case CK_LEAKY_RELU: EACH2(y, gradient, count, choose(w > all(0), v, v * all(slope))); break;
    case CK_SIGMOID: EACH2(y, gradient, count, v * (all(1) - w) * w); break;
    case CK_TANH: EACH2(y, gradient, count, v * (all(1) - w * w)); break;
  }
}

static void reluDropoutBackward(const float *y, float scale, float *gradient, size_t count) {
  EACH2(y, gradient, count, choose(w > all(0), v * all(scale), all(0)));
}

static void multiply(const float *factors, float *x, size_t count) {
  EACH2(factors, x, count, v * w);
}

static void scale(float factor, float *x, size_t count) { EACH(x, count, v * all(factor)); }

static void clampValues(float limit, float *x, size_t count) {
  EACH(x, count, choose(v > all(limit), all(limit), choose(v < all(-limit), all(-limit), v)));
}

static void fillRows(const float *values, size_t rows, size_t columns, float *out) {
  for (size_t row = 0; row < rows; row++) {
    memcpy(out + row * columns, values, columns * sizeof *out);
  }
}

static void addColumns(
    const float *x, size_t stride, size_t rows, size_t columns, float *sums) {
  size_t column = 0;
  for (; column + 4 * LANES <= columns; column += 4 * LANES) {
    floats a = all(0), b = all(0), c = all(0), d = all(0);
    for (size_t row = 0; row < rows; row++) {
      const float *place = x + row * stride + column;
      a += load(place);
      b += load(place + LANES);
      c += load(place + 2 * LANES);
      d += load(place + 3 * LANES);
    }
    float *sum = sums + column;
    store(sum, load(sum) + a);
    store(sum + LANES, load(sum + LANES) + b);
    store(sum + 2 * LANES, load(sum + 2 * LANES) + c);
    store(sum + 3 * LANES, load(sum + 3 * LANES) + d);
  }
  for (; column < columns; column += LANES) {
    size_t part = columns - column < LANES ? columns - column : LANES;
    floats a = all(0);
    size_t row = 0;
    // What follows in memory is read as well, as long as it belongs to the matrix; those lanes are not stored.
    const size_t end = rows > 0 ? (rows - 1) * stride + columns : 0;
    for (; row < rows && row * stride + column + LANES <= end; row++) {
      a += load(x + row * stride + column);
    }
    for (; row < rows; row++) a += loadPart(x + row * stride + column, part, 0);
    storePart(sums + column, loadPart(sums + column, part, 0) + a, part);
  }
}

static double sumOfSquares(const float *x, size_t count) {
  double sums[8] = {0};
  size_t place = 0;
  for (; place + 8 <= count; place += 8) {
    for (int i = 0; i < 8; i++) sums[i] += (double)x[place + i] * (double)x[place + i];
  }
  for (; place < count; place++) sums[place % 8] += (double)x[place] * (double)x[place];
  double total = 0;
  for (int i = 0; i < 8; i++) total += sums[i];
  return total;
}

static void gather(
    const uint8_t *pixels, size_t rowSize, size_t channels, const float *tables,
    const int64_t *rows, size_t count, float *out) {
  const size_t plane = channels > 0 ? rowSize / channels : 0;
  for (size_t i = 0; i < count; i++) {
    const uint8_t *from = pixels + (size_t)rows[i] * rowSize;
    if (i + 2 < count) {
      // Rows are in random order, so the hardware prefetcher cannot predict them.
      const uint8_t *later = pixels + (size_t)rows[i + 2] * rowSize;
      for (size_t place = 0; place < rowSize; place += 64) __builtin_prefetch(later + place);
    }
    for (size_t channel = 0; channel < channels; channel++) {
      const float *table = tables + 256 * channel;
      size_t place = 0;
      for (; place + 8 <= plane; place += 8) {
        uint64_t eight;
        memcpy(&eight, from + place, 8);
        for (int j = 0; j < 8; j++) out[place + j] = table[(uint8_t)(eight >> (8 * j))];
      }
      for (; place < plane; place++) out[place] = table[from[place]];
      from += plane;
      out += plane;
    }
  }
}
