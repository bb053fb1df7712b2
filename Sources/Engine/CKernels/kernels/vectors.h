// Vectors of LANES floats, the width of a register, for loops whose results do not depend on the width.
#pragma once

#include <stdint.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

typedef float vec __attribute__((ext_vector_type(LANES)));
typedef int32_t integers __attribute__((ext_vector_type(LANES)));

INLINE vec get(const float *from) {
  vec x;
  memcpy(&x, from, sizeof x);
  return x;
}

INLINE void put(float *to, vec x) { memcpy(to, &x, sizeof x); }

/// a b + c, rounded once.
INLINE vec fma_(vec a, vec b, vec c) { return __builtin_elementwise_fma(a, b, c); }

/// ReLU; NaN stays NaN.
INLINE vec atLeast0(vec x) {
  const integers negative = x < (vec)0.0f;
  return (vec)(~negative & (integers)x);
}
