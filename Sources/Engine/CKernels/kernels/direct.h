// Direct convolutions with few input channels, included once by each file, which selects the instruction set.
#pragma once

#include "ckdirect.h"

#include "products.h"

/// The rows of a kernel whose sums `scatter` keeps in registers.
#define SCATTER_LINES 6

INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/// The size of the next of `tiles` tiles for `left` rows: nearly equal ones, for a tile of few rows takes as long as one of
/// half of the most.
INLINE int64_t nextTile(int64_t left, int64_t tiles) { return (left + tiles - 1) / tiles; }

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
    const float *packed, const float *bias, int64_t channels, float *y, int64_t row) {
  for (int64_t panel = 0; panel < channels; panel += PANEL) {
    const int64_t width = least(channels - panel, PANEL);
    const int64_t most = width == PANEL ? ROWS : NARROW_ROWS;
    const float *start = bias == NULL ? NULL : bias + panel;
    int64_t tiles = (count + most - 1) / most;
    for (int64_t i = 0, rows; i < count; i += rows) {
      rows = nextTile(count - i, tiles--);
      (width == PANEL ? wideProduct : narrowProduct)(
          rows, x + i * step, step, 1, lines, line, packed, width, depth, start,
          y + i * row + panel, row);
    }
    packed += lines * depth * width;
  }
}

static void directAccumulate(
    const float *x, int64_t step, int64_t count, int64_t lines, int64_t line, int64_t depth,
    const float *dy, int64_t row, int64_t channels, float *dw) {
  for (int64_t panel = 0; panel < channels; panel += PANEL) {
    const bool full = channels - panel >= PANEL;
    const int64_t most = full ? ROWS : NARROW_ROWS;
    for (int64_t l = 0; l < lines; l++) {
      int64_t tiles = (depth + most - 1) / most;
      for (int64_t p = 0, rows; p < depth; p += rows) {
        rows = nextTile(depth - p, tiles--);
        (full ? addWideProduct : addNarrowProduct)(
            rows, x + l * line + p, 1, step, 1, 0, dy + panel, row, count, NULL,
            dw + (l * depth + p) * channels + panel, channels);
      }
    }
  }
}

static void directPackGradient(
    const float *w, int64_t in, int64_t out, int64_t rows, int64_t columns, float *packed) {
  const int64_t depth = columns * in, padded = (depth + LANES - 1) / LANES * LANES;
  for (int64_t k = 0; k < out; k++) {
    for (int64_t row = 0; row < rows; row++, packed += padded) {
      for (int64_t i = 0; i < depth; i++) {
        packed[i] = w[((k * in + i % in) * rows + row) * columns + i / in];
      }
      for (int64_t i = depth; i < padded; i++) packed[i] = 0;
    }
  }
}

/// `scatter` of one pixel for some rows of the kernel and `registers` registers of each, whose sums stay in registers.
/// `packed` has `next` floats for each of `out`, in rows of `padded`.
INLINE void scatterTile(
    const int lines, const int registers, const float *dy, int64_t out, const float *packed,
    int64_t next, int64_t padded, int64_t line, float *x) {
  vec sums[SCATTER_LINES][2];
#pragma clang loop unroll(full)
  for (int l = 0; l < lines; l++) {
    for (int r = 0; r < registers; r++) sums[l][r] = get(x + l * line + r * LANES);
  }
  for (int64_t k = 0; k < out; k++, packed += next) {
    const vec factor = (vec)dy[k];
#pragma clang loop unroll(full)
    for (int l = 0; l < lines; l++) {
      for (int r = 0; r < registers; r++) {
        sums[l][r] = fma_(factor, get(packed + l * padded + r * LANES), sums[l][r]);
      }
    }
  }
#pragma clang loop unroll(full)
  for (int l = 0; l < lines; l++) {
    for (int r = 0; r < registers; r++) put(x + l * line + r * LANES, sums[l][r]);
  }
}

#define SCATTER_TILE(lines, registers)                                                       \
  case lines: scatterTile(lines, registers, dy, out, packed, next, padded, line, x); break;
#define SCATTER(name, registers)                                                             \
  static void name(                                                                          \
      int64_t lines, const float *dy, int64_t out, const float *packed, int64_t next,        \
      int64_t padded, int64_t line, float *x) {                                              \
    switch (lines) {                                                                         \
      SCATTER_TILE(1, registers) SCATTER_TILE(2, registers) SCATTER_TILE(3, registers)       \
      SCATTER_TILE(4, registers) SCATTER_TILE(5, registers) SCATTER_TILE(6, registers)       \
    }                                                                                        \
  }

SCATTER(wideScatter, 2)
SCATTER(narrowScatter, 1)

static void directScatter(
    const float *dy, int64_t out, int64_t count, const float *packed, int64_t lines, int64_t depth,
    int64_t line, int64_t step, float *x) {
  const int64_t padded = (depth + LANES - 1) / LANES * LANES;
  // Pixel by pixel, so that the order of the sums does not depend on the width of registers.
  for (int64_t i = 0; i < count; i++, dy += out, x += step) {
    for (int64_t p = 0; p < padded; p += 2 * LANES) {
      int64_t tiles = (lines + SCATTER_LINES - 1) / SCATTER_LINES;
      for (int64_t l = 0, rows; l < lines; l += rows) {
        rows = nextTile(lines - l, tiles--);
        (padded - p >= 2 * LANES ? wideScatter : narrowScatter)(
            rows, dy, out, packed + l * padded + p, lines * padded, padded, line,
            x + l * line + p);
      }
    }
  }
}

#define DIRECT_KERNELS                                                                \
  {                                                                                   \
    .lanes = LANES, .panel = PANEL, .pack = directPack, .multiply = directMultiply,   \
    .accumulate = directAccumulate, .pack_gradient = directPackGradient,              \
    .scatter = directScatter                                                          \
  }
