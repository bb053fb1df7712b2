// An optimizer step that is given as a list of operations, block by block.
#pragma once

#include "simd.h"

/// Replaces each value of `target` by `expression`, evaluated on its lanes `t` and on the lanes `a` and `b` of
/// the two sources.
#define EACH3(expression)                                                                     \
  do {                                                                                        \
    size_t place_ = 0;                                                                        \
    for (; place_ + LANES <= count; place_ += LANES) {                                        \
      floats t = load(target + place_), a = load(first + place_), b = load(second + place_);  \
      (void)t, (void)a, (void)b;                                                              \
      store(target + place_, (expression));                                                   \
    }                                                                                         \
    if (place_ < count) {                                                                     \
      size_t part_ = count - place_;                                                          \
      floats t = loadPart(target + place_, part_, 0), a = loadPart(first + place_, part_, 0); \
      floats b = loadPart(second + place_, part_, 0);                                         \
      (void)t, (void)a, (void)b;                                                              \
      storePart(target + place_, (expression), part_);                                        \
    }                                                                                         \
  } while (0)

/// One operation on values that lie in the processor's cache.
static void perform(
    ck_operation_kind kind, float number, float *target, const float *first, const float *second,
    size_t count) {
  const floats n = all(number);
  switch (kind) {
    case CK_COPY: EACH3(a); break;
    case CK_SCALE: EACH3(t * n); break;
    case CK_ADD_NUMBER: EACH3(t + n); break;
    case CK_ADD: EACH3(t + a * n); break;
    case CK_ADD_PRODUCT: EACH3(t + n * a * b); break;
    case CK_ADD_QUOTIENT: EACH3(t + n * a / b); break;
    case CK_INTERPOLATE:
      // Exact at both ends, as PyTorch's `lerp`.
      if (number < 0.5f && number > -0.5f) {
        EACH3(t + n * (a - t));
      } else {
        EACH3(a + (n - all(1)) * (a - t));
      }
      break;
    case CK_MULTIPLY: EACH3(t * a); break;
    case CK_DIVIDE: EACH3(t / a); break;
    case CK_MAXIMUM: EACH3(choose((t >= a) | (t != t), t, a)); break;
    case CK_SQUARE_ROOT: EACH3(__builtin_elementwise_sqrt(t)); break;
    case CK_ABSOLUTE: EACH3(magnitude(t)); break;
    case CK_SIGN:
      EACH3(choose(t > all(0), all(1), choose(t < all(0), all(-1), all(0))));
      break;
  }
}

static void update(
    const ck_operation *operations, size_t operationCount, float *const *operands, size_t kept,
    float *temporaries, size_t count) {
  for (size_t start = 0; start < count; start += CK_BLOCK) {
    size_t part = count - start < CK_BLOCK ? count - start : CK_BLOCK;
    for (size_t i = 0; i < operationCount; i++) {
      const uint32_t places[3] = {
          operations[i].target, operations[i].first, operations[i].second};
      float *values[3];
      for (int j = 0; j < 3; j++) {
        values[j] = places[j] < kept ? operands[places[j]] + start
                                     : temporaries + (places[j] - kept) * CK_BLOCK;
      }
      perform(operations[i].kind, operations[i].number, values[0], values[1], values[2], part);
    }
  }
}
