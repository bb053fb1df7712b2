// Loops over the bytes of images, for the vector instructions that the processor has. All arithmetic is that of
// integers, so the results are the same on every processor.
#ifndef CPIXELS_H
#define CPIXELS_H

#include <stdint.h>

/// The input pixels of each output pixel along one axis. Weights have 22 fractional bits.
typedef struct cp_table {
  /// The first input pixel of each output pixel; never decreases.
  const int32_t *_Nonnull starts;
  /// The number of its input pixels.
  const int32_t *_Nonnull counts;
  /// `stride` weights for each output pixel, the first `counts` of them in use.
  const int32_t *_Nonnull weights;
  intptr_t size;
  intptr_t stride;
} cp_table;

/// Bytes of scratch memory for `cp_resample_columns`.
///
/// - Parameters:
///   - width: input pixels that the table needs, from the first to the last.
///   - size: output pixels.
intptr_t cp_columns_scratch(intptr_t width, intptr_t size);

/// Resamples each of `height` rows to `table->size` pixels.
///
/// From one row of the input to the next are `step` bytes. The first `skipping` pixels of each row that the table
/// counts are not in `input`.
void cp_resample_columns(
    const uint8_t *_Nonnull input, intptr_t step, uint8_t *_Nonnull output, intptr_t height,
    const cp_table *_Nonnull table, intptr_t skipping, void *_Nonnull scratch);

/// Resamples the rows of `input` to `table->size` rows of `width` pixels.
///
/// From one row of the input to the next are `step` bytes. The first `skipping` rows that the table counts are not
/// in `input`.
void cp_resample_rows(
    const uint8_t *_Nonnull input, intptr_t step, uint8_t *_Nonnull output, intptr_t width,
    const cp_table *_Nonnull table, intptr_t skipping);

/// Writes the channels of `count` pixels of three interleaved channels one after the other, [3, count].
void cp_planes(const uint8_t *_Nonnull pixels, intptr_t count, uint8_t *_Nonnull planes);

#endif
