// Vectors of sixteen floats, whatever the processor's register width: the compiler splits them. All sets of
// kernels therefore add in the same order.
#pragma once

#include "ckernels.h"

#include <math.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

#define LANES 16
#define INLINE static inline __attribute__((always_inline))

typedef float floats __attribute__((ext_vector_type(LANES)));
typedef int32_t ints __attribute__((ext_vector_type(LANES)));
typedef uint32_t words __attribute__((ext_vector_type(LANES)));

/// The bits of `x` as another type of the same size.
#define AS(x, type) ((type)(x))

INLINE floats all(float value) { return (floats)value; }

INLINE floats load(const float *from) {
  floats x;
  memcpy(&x, from, sizeof x);
  return x;
}

INLINE void store(float *to, floats x) { memcpy(to, &x, sizeof x); }

/// Loads the first `count` lanes from memory and fills the others with `rest`.
INLINE floats loadPart(const float *from, size_t count, float rest) {
  floats x = all(rest);
  memcpy(&x, from, count * sizeof(float));
  return x;
}

INLINE void storePart(float *to, floats x, size_t count) { memcpy(to, &x, count * sizeof(float)); }

/// `x` in lanes where `condition` is set (-1), otherwise `y`.
INLINE floats choose(ints condition, floats x, floats y) {
  ints bits = (condition & AS(x, ints)) | (~condition & AS(y, ints));
  return AS(bits, floats);
}

INLINE floats magnitude(floats x) {
  return AS(AS(x, ints) & 0x7fffffff, floats);
}

/// The sum of the lanes, computed by halving.
INLINE float sumOf(floats x) {
  float __attribute__((ext_vector_type(8))) eight = x.lo + x.hi;
  float __attribute__((ext_vector_type(4))) four = eight.lo + eight.hi;
  float __attribute__((ext_vector_type(2))) two = four.lo + four.hi;
  return two.x + two.y;
}

/// The largest lane, ignoring NaN.
INLINE float largestOf(floats x) {
  float __attribute__((ext_vector_type(8))) eight = __builtin_elementwise_max(x.lo, x.hi);
  float __attribute__((ext_vector_type(4))) four = __builtin_elementwise_max(eight.lo, eight.hi);
  float __attribute__((ext_vector_type(2))) two = __builtin_elementwise_max(four.lo, four.hi);
  return two.x > two.y ? two.x : two.y;
}

/// e^x within 2 units in the last place: x = n ln 2 + r, a polynomial in r (Cephes' `expf`), and n
/// added to the exponent. 0 below -87.3, where results would be denormal; NaN stays NaN.
INLINE floats exponential(floats x) {
  ints tiny = x < all(-87.3f);
  x = choose(tiny, all(-87.3f), x);
  x = choose(x > all(88.3f), all(88.3f), x);
  // Adding and subtracting 1.5 * 2^23 rounds to an integer.
  floats n = (x * all(1.44269504088896341f) + all(12582912.0f)) - all(12582912.0f);
  floats r = (x - n * all(0.693359375f)) - n * all(-2.12194440e-4f);
  floats p = all(1.9875691500e-4f);
  p = p * r + all(1.3981999507e-3f);
  p = p * r + all(8.3334519073e-3f);
  p = p * r + all(4.1665795894e-2f);
  p = p * r + all(1.6666665459e-1f);
  p = p * r + all(5.0000001201e-1f);
  p = (p * (r * r) + r) + all(1.0f);
  // NaN must not be converted to an integer.
  ints power = __builtin_convertvector(choose(n == n, n, all(0)), ints);
  floats result = p * AS((power + 127) << 23, floats);
  return choose(tiny, all(0), result);
}
