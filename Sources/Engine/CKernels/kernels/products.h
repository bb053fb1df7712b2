// Products of matrices whose result stays in registers, included once by each file that selects the instruction set and
// with it LANES, the number of floats in a register, and ROWS, the number of rows whose products are kept in two registers
// each.
#pragma once

#include "vectors.h"

#define PANEL (2 * LANES)

/// The rows whose sums are kept in registers if a row is one register; with two registers they are ROWS.
#define NARROW_ROWS 12

/// c[rows][columns of `registers` vectors] (+)= start + Σ a[i * arow + line * aline + p * astep] b[...], in the order of the
/// lines and of p within them; the rows of b, `bstep` apart, follow each other. Without `start`, sums begin with 0.
INLINE void tileProduct(
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

#define TILE_PRODUCT(rows, registers, adds)                                                       \
  case rows:                                                                                      \
    tileProduct(                                                                                  \
        rows, registers, adds, a, arow, astep, lines, aline, b, bstep, depth, start, c, crow);    \
    break;

#define TILE_PRODUCTS_6(registers, adds)                                                          \
  TILE_PRODUCT(1, registers, adds) TILE_PRODUCT(2, registers, adds)                               \
  TILE_PRODUCT(3, registers, adds) TILE_PRODUCT(4, registers, adds)                               \
  TILE_PRODUCT(5, registers, adds) TILE_PRODUCT(6, registers, adds)
#define TILE_PRODUCTS_12(registers, adds)                                                         \
  TILE_PRODUCTS_6(registers, adds)                                                                \
  TILE_PRODUCT(7, registers, adds) TILE_PRODUCT(8, registers, adds)                               \
  TILE_PRODUCT(9, registers, adds) TILE_PRODUCT(10, registers, adds)                              \
  TILE_PRODUCT(11, registers, adds) TILE_PRODUCT(12, registers, adds)
#if ROWS == 6
#define TILE_PRODUCTS TILE_PRODUCTS_6
#elif ROWS == 12
#define TILE_PRODUCTS TILE_PRODUCTS_12
#endif

#define PRODUCT(name, tiles, registers, adds)                                                     \
  static void name(                                                                               \
      int64_t rows, const float *a, int64_t arow, int64_t astep, int64_t lines, int64_t aline,    \
      const float *b, int64_t bstep, int64_t depth, const float *start, float *c, int64_t crow) { \
    switch (rows) { tiles(registers, adds) }                                                      \
  }

PRODUCT(wideProduct, TILE_PRODUCTS, 2, false)
PRODUCT(narrowProduct, TILE_PRODUCTS_12, 1, false)
PRODUCT(addWideProduct, TILE_PRODUCTS, 2, true)
PRODUCT(addNarrowProduct, TILE_PRODUCTS_12, 1, true)
