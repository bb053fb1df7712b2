// Philox4x32-10, many counters at a time, and dropout; see docs/randomness.md.
#pragma once

#include "simd.h"

/// Eight counters. Words are in the lower halves; the upper halves are ignored.
typedef uint64_t counters __attribute__((ext_vector_type(8)));

#define LOW(x) ((x) & 0xffffffffu)

/// The 64 words of 16 blocks starting at `block`, in two interleaved chains of multiplications.
INLINE void philox64(const uint32_t key[2], uint64_t block, words out[4]) {
  const counters place = {0, 1, 2, 3, 4, 5, 6, 7};
  counters c0[2], c1[2], c2[2], c3[2];
  for (int i = 0; i < 2; i++) {
    counters number = place + (block + 8u * (uint64_t)i);
    c0[i] = LOW(number);
    c1[i] = number >> 32;
    c2[i] = (counters)0;
    c3[i] = (counters)0;
  }
  uint32_t k0 = key[0], k1 = key[1];
#pragma clang loop unroll(full)
  for (int round = 0; round < 10; round++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < 2; i++) {
      counters left = LOW(c0[i]) * (counters)0xD2511F53u;
      counters right = LOW(c2[i]) * (counters)0xCD9E8D57u;
      c0[i] = (right >> 32) ^ c1[i] ^ (counters)(uint64_t)k0;
      c2[i] = (left >> 32) ^ c3[i] ^ (counters)(uint64_t)k1;
      c1[i] = right;
      c3[i] = left;
    }
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 2; i++) {
    counters first = LOW(c0[i]) | (c1[i] << 32);
    counters second = LOW(c2[i]) | (c3[i] << 32);
    counters low = __builtin_shufflevector(first, second, 0, 8, 1, 9, 2, 10, 3, 11);
    counters high = __builtin_shufflevector(first, second, 4, 12, 5, 13, 6, 14, 7, 15);
    out[2 * i] = AS(low, words);
    out[2 * i + 1] = AS(high, words);
  }
}

static void philox(const uint32_t key[2], uint32_t *out, size_t count) {
  words four[4];
  for (size_t start = 0; start < count; start += 64) {
    philox64(key, start / 4, four);
    size_t left = count - start;
    memcpy(out + start, four, (left < 64 ? left : 64) * sizeof *out);
  }
}

INLINE floats maskOf(words random, ck_dropout dropout) {
  // A 24-bit value is never negative.
  ints upper = AS(random >> 8, ints);
  return choose(upper < (ints)(int32_t)dropout.threshold, all(0), all(dropout.scale));
}

static void reluDropout(ck_dropout dropout, float *x, size_t count) {
  words four[4];
  size_t start = 0;
  for (; start + 64 <= count; start += 64) {
    philox64(dropout.key, (dropout.first + start) / 4, four);
    for (int i = 0; i < 4; i++) {
      float *place = x + start + LANES * i;
      floats value = load(place);
      // NaN stays NaN, as in LibTorch.
      value = choose(value <= all(0), all(0), value);
      store(place, value * maskOf(four[i], dropout));
    }
  }
  if (start == count) return;
  philox64(dropout.key, (dropout.first + start) / 4, four);
  for (int i = 0; start < count; i++, start += LANES) {
    size_t part = count - start < LANES ? count - start : LANES;
    floats value = loadPart(x + start, part, 0);
    value = choose(value <= all(0), all(0), value);
    storePart(x + start, value * maskOf(four[i], dropout), part);
  }
}

static void dropout(
    ck_dropout dropout, const float *x, float *mask, float *y, size_t count) {
  words four[4];
  for (size_t start = 0; start < count;) {
    philox64(dropout.key, (dropout.first + start) / 4, four);
    for (int i = 0; i < 4 && start < count; i++) {
      size_t part = count - start < LANES ? count - start : LANES;
      floats factor = maskOf(four[i], dropout);
      floats value = loadPart(x + start, part, 0);
      storePart(mask + start, factor, part);
      storePart(y + start, value * factor, part);
      start += part;
    }
  }
}
