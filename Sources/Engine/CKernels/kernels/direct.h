// Direct convolutions with few input channels, included once by each file, which selects the instruction set.
#pragma once

#include "ckdirect.h"

#include "products.h"

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

#define DIRECT_KERNELS                                                                \
  {                                                                                   \
    .lanes = LANES, .panel = PANEL, .pack = directPack, .multiply = directMultiply,   \
    .accumulate = directAccumulate                                                    \
  }
