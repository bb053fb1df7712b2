// Direct convolutions with few input channels, included once by each file that selects the instruction set, after
// `winograd.h`.
#pragma once

#include "ckdirect.h"

#include "vectors.h"

/// The pixels whose sums are kept in registers if a sum is one register.
#define NARROW_ROWS 12

/// c[rows][columns of `registers` vectors] = start + Σ a[i * arow + line * aline + p * astep] b[...], or added to c.
INLINE void directTile(
    const int rows, const int registers, const bool adds, const float *a, int64_t arow, int64_t astep,
    int64_t lines, int64_t aline, const float *b, int64_t bstep, int64_t depth, const float *start,
    float *c, int64_t crow) {
  vec sums[NARROW_ROWS][2];
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    for (int r = 0; r < registers; r++) sums[i][r] = start == NULL ? (vec)0.0f : get(start + r * LANES);
  }
  for (int64_t l = 0; l < lines; l++, a += aline) {
    for (int64_t p = 0; p < depth; p++, b += bstep) {
      vec columns[2];
      for (int r = 0; r < registers; r++) columns[r] = get(b + r * LANES);
#pragma clang loop unroll(full)
      for (int i = 0; i < rows; i++) {
        const vec factor = (vec)a[i * arow + p * astep];
        for (int r = 0; r < registers; r++) sums[i][r] = fma_(factor, columns[r], sums[i][r]);
      }
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < rows; i++) {
    for (int r = 0; r < registers; r++) {
      float *to = c + i * crow + r * LANES;
      put(to, adds ? get(to) + sums[i][r] : sums[i][r]);
    }
  }
}

#define DIRECT_TILE(rows, registers, adds)                                                      \
  case rows:                                                                                    \
    directTile(                                                                                 \
        rows, registers, adds, a, arow, astep, lines, aline, b, bstep, depth, start, c, crow);  \
    break;

#define DIRECT_TILES_6(registers, adds)                                       \
  DIRECT_TILE(1, registers, adds) DIRECT_TILE(2, registers, adds)             \
  DIRECT_TILE(3, registers, adds) DIRECT_TILE(4, registers, adds)             \
  DIRECT_TILE(5, registers, adds) DIRECT_TILE(6, registers, adds)
#define DIRECT_TILES_12(registers, adds)                                      \
  DIRECT_TILES_6(registers, adds)                                             \
  DIRECT_TILE(7, registers, adds) DIRECT_TILE(8, registers, adds)             \
  DIRECT_TILE(9, registers, adds) DIRECT_TILE(10, registers, adds)            \
  DIRECT_TILE(11, registers, adds) DIRECT_TILE(12, registers, adds)
#if ROWS == 6
#define DIRECT_TILES DIRECT_TILES_6
#elif ROWS == 12
#define DIRECT_TILES DIRECT_TILES_12
#endif

#define DIRECT(name, tiles, registers, adds)                                                     \
  static void name(                                                                              \
      int64_t rows, const float *a, int64_t arow, int64_t astep, int64_t lines, int64_t aline,   \
      const float *b, int64_t bstep, int64_t depth, const float *start, float *c, int64_t crow) { \
    switch (rows) { tiles(registers, adds) }                                                     \
  }

DIRECT(directWide, DIRECT_TILES, 2, false)
DIRECT(directNarrow, DIRECT_TILES_12, 1, false)
DIRECT(directWideAdding, DIRECT_TILES, 2, true)
DIRECT(directNarrowAdding, DIRECT_TILES_12, 1, true)

INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

static void directPack(
    const float *w, int64_t in, int64_t out, int64_t rows, int64_t columns, bool transposed,
    float *packed) {
  const int64_t channels = (out + LANES - 1) / LANES * LANES, size = rows * columns;
  for (int64_t panel = 0; panel < channels; panel += PANEL) {
    const int64_t width = least(channels - panel, PANEL);
    for (int64_t tap = 0; tap < size; tap++) {
      for (int64_t c = 0; c < in; c++) {
        for (int64_t k = panel; k < panel + width; k++) {
          const float *from = transposed ? w + (c * out + k) * size + size - 1 - tap
                                         : w + (k * in + c) * size + tap;
          *packed++ = k < out ? *from : 0;
        }
      }
    }
  }
}

static void directMultiply(
    const float *x, int64_t step, int64_t count, int64_t lines, int64_t line, int64_t depth,
    const float *packed, const float *bias, int64_t channels, float *y) {
  for (int64_t panel = 0; panel < channels; panel += PANEL) {
    const int64_t width = least(channels - panel, PANEL);
    const int64_t most = width == PANEL ? ROWS : NARROW_ROWS;
    const float *start = bias == NULL ? NULL : bias + panel;
    for (int64_t i = 0; i < count; i += most) {
      (width == PANEL ? directWide : directNarrow)(
          least(count - i, most), x + i * step, step, 1, lines, line, packed, width, depth, start,
          y + i * channels + panel, channels);
    }
    packed += lines * depth * width;
  }
}

static void directAccumulate(
    const float *x, int64_t step, int64_t count, int64_t lines, int64_t line, int64_t depth,
    const float *dy, int64_t channels, float *dw) {
  for (int64_t panel = 0; panel < channels; panel += PANEL) {
    const bool full = channels - panel >= PANEL;
    const int64_t most = full ? ROWS : NARROW_ROWS;
    for (int64_t l = 0; l < lines; l++) {
      for (int64_t p = 0; p < depth; p += most) {
        (full ? directWideAdding : directNarrowAdding)(
            least(depth - p, most), x + l * line + p, 1, step, 1, 0, dy + panel, channels, count, NULL,
            dw + (l * depth + p) * channels + panel, channels);
      }
    }
  }
}

#define DIRECT_KERNELS                                                                \
  {                                                                                   \
    .lanes = LANES, .panel = PANEL, .pack = directPack, .multiply = directMultiply,   \
    .accumulate = directAccumulate                                                    \
  }
