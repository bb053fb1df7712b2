// Pillow's resampling of bytes: weighted sums in integers with 22 fractional bits, rounded to bytes.
#include <string.h>

#include "cpixels.h"

#if defined(__x86_64__) && defined(__linux__)
// The program chooses among these when it is loaded.
#define FOR_EACH_PROCESSOR \
  __attribute__((target_clones("default", "avx2", "arch=x86-64-v4")))
#else
#define FOR_EACH_PROCESSOR
#endif
#define INLINE static inline __attribute__((always_inline))

// Rows are resampled in groups of this many, a group's pixels of one column side by side.
#define GROUP 16
// Pixels of a row that are summed together.
#define BLOCK 64

enum { fractional_bits = 22, half = 1 << (fractional_bits - 1) };

typedef uint8_t bytes __attribute__((vector_size(GROUP), aligned(1)));
typedef int32_t sums __attribute__((vector_size(4 * GROUP), aligned(4)));

INLINE bytes rounded(sums values) {
  values >>= fractional_bits;
  values = __builtin_elementwise_min(__builtin_elementwise_max(values, (sums){0}), (sums){0} + 255);
  return __builtin_convertvector(values, bytes);
}

// Both halves of the pairs of `a` and `b`, byte by byte.
#define LOW(a, b) \
  __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH(a, b) \
  __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)

// Transposes 16 rows of 16 bytes: four rounds of interleaving row i with row i + 8.
INLINE void transpose(bytes rows[GROUP]) {
  bytes other[GROUP];
  for (int round = 0; round < 2; round++) {
    for (int i = 0; i < GROUP / 2; i++) {
      other[2 * i] = LOW(rows[i], rows[i + GROUP / 2]);
      other[2 * i + 1] = HIGH(rows[i], rows[i + GROUP / 2]);
    }
    for (int i = 0; i < GROUP / 2; i++) {
      rows[2 * i] = LOW(other[i], other[i + GROUP / 2]);
      rows[2 * i + 1] = HIGH(other[i], other[i + GROUP / 2]);
    }
  }
}

// Writes `width` columns of 16 rows, [width, 16].
INLINE void gather_rows(const uint8_t *const *rows, intptr_t width, uint8_t *columns) {
  bytes block[GROUP];
  intptr_t column = 0;
  for (; column + GROUP <= width; column += GROUP) {
    for (int row = 0; row < GROUP; row++) memcpy(&block[row], rows[row] + column, GROUP);
    transpose(block);
    memcpy(columns + column * GROUP, block, sizeof block);
  }
  for (; column < width; column++) {
    for (int row = 0; row < GROUP; row++) columns[column * GROUP + row] = rows[row][column];
  }
}

// The reverse, for the first `count` rows, which lie `width` bytes apart.
INLINE void scatter_rows(
    const uint8_t *columns, intptr_t width, uint8_t *rows, intptr_t count) {
  bytes block[GROUP];
  intptr_t column = 0;
  for (; column + GROUP <= width; column += GROUP) {
    memcpy(block, columns + column * GROUP, sizeof block);
    transpose(block);
    for (intptr_t row = 0; row < count; row++) {
      memcpy(rows + row * width + column, &block[row], GROUP);
    }
  }
  for (; column < width; column++) {
    for (intptr_t row = 0; row < count; row++) {
      rows[row * width + column] = columns[column * GROUP + row];
    }
  }
}

intptr_t cp_columns_scratch(intptr_t width, intptr_t size) { return GROUP * (width + size); }

FOR_EACH_PROCESSOR
void cp_resample_columns(
    const uint8_t *input, intptr_t step, uint8_t *output, intptr_t height, const cp_table *table,
    intptr_t skipping, void *scratch) {
  const intptr_t size = table->size;
  if (size == 0) return;
  const intptr_t first = table->starts[0];
  const intptr_t width = table->starts[size - 1] + table->counts[size - 1] - first;
  uint8_t *columns = scratch;
  uint8_t *results = columns + GROUP * width;
  for (intptr_t row = 0; row < height; row += GROUP) {
    const intptr_t count = height - row < GROUP ? height - row : GROUP;
    const uint8_t *rows[GROUP];
    // A group that is not full repeats its last row.
    for (intptr_t i = 0; i < GROUP; i++) {
      rows[i] = input + (row + (i < count ? i : count - 1)) * step - skipping + first;
    }
    gather_rows(rows, width, columns);
    for (intptr_t column = 0; column < size; column++) {
      const uint8_t *pixels = columns + GROUP * (table->starts[column] - first);
      const int32_t *weights = table->weights + column * table->stride;
      sums total = (sums){0} + half;
      for (int32_t tap = 0; tap < table->counts[column]; tap++) {
        bytes values;
        memcpy(&values, pixels + GROUP * tap, GROUP);
        total += __builtin_convertvector(values, sums) * weights[tap];
      }
      const bytes result = rounded(total);
      memcpy(results + GROUP * column, &result, GROUP);
    }
    scatter_rows(results, size, output + row * size, count);
  }
}

FOR_EACH_PROCESSOR
void cp_resample_rows(
    const uint8_t *input, intptr_t step, uint8_t *output, intptr_t width, const cp_table *table,
    intptr_t skipping) {
  for (intptr_t row = 0; row < table->size; row++) {
    const uint8_t *first = input + (table->starts[row] - skipping) * step;
    const int32_t *weights = table->weights + row * table->stride;
    const int32_t taps = table->counts[row];
    uint8_t *target = output + row * width;
    intptr_t column = 0;
    for (; column + BLOCK <= width; column += BLOCK) {
      sums totals[BLOCK / GROUP];
      for (int part = 0; part < BLOCK / GROUP; part++) totals[part] = (sums){0} + half;
      for (int32_t tap = 0; tap < taps; tap++) {
        const uint8_t *source = first + tap * step + column;
        for (int part = 0; part < BLOCK / GROUP; part++) {
          bytes values;
          memcpy(&values, source + part * GROUP, GROUP);
          totals[part] += __builtin_convertvector(values, sums) * weights[tap];
        }
      }
      for (int part = 0; part < BLOCK / GROUP; part++) {
        const bytes result = rounded(totals[part]);
        memcpy(target + column + part * GROUP, &result, GROUP);
      }
    }
    for (; column < width; column++) {
      int32_t total = half;
      for (int32_t tap = 0; tap < taps; tap++) total += first[tap * step + column] * weights[tap];
      total >>= fractional_bits;
      target[column] = total < 0 ? 0 : total > 255 ? 255 : (uint8_t)total;
    }
  }
}

FOR_EACH_PROCESSOR
void cp_planes(const uint8_t *pixels, intptr_t count, uint8_t *planes) {
  uint8_t *restrict red = planes;
  uint8_t *restrict green = planes + count;
  uint8_t *restrict blue = planes + 2 * count;
  for (intptr_t pixel = 0; pixel < count; pixel++) {
    red[pixel] = pixels[3 * pixel];
    green[pixel] = pixels[3 * pixel + 1];
    blue[pixel] = pixels[3 * pixel + 2];
  }
}
