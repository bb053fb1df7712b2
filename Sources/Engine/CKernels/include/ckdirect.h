// Direct convolutions with few input channels, such as the first one of a network, as products of the pixels' values with
// packed weights.
//
// Pictures are in channels-last order, [row][column][channel], with the zeros around them in place. Every output is
// the sum of its products in the order of the kernel's rows, columns and channels, so that results depend neither on
// the other pixels nor on the width of registers. Kernels do not allocate, keep no state and start no threads.
#pragma once

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ck_direct {
  /// The number of floats in a register; the output channels are padded to a multiple of it.
  int64_t lanes;
  /// The number of output channels in a full panel of packed weights.
  int64_t panel;
  /// Packs w[out][in][kernel rows][kernel columns]: for each panel, [kernel row][kernel column][in][channels of the
  /// panel]. With `transposed`, w[in][out] turned by 180 degrees, which gives the gradient of the input.
  void (*pack)(
      const float *w, int64_t in, int64_t out, int64_t rows, int64_t columns, bool transposed,
      float *packed);
  /// y[pixel][padded channels] for `count` pixels of a row of the output, starting from `bias` [padded channels].
  ///
  /// - x: the first value that the first pixel depends on; the next pixel's is `step` floats later.
  /// - lines, line: the kernel's rows and the distance between them in x.
  /// - depth: the kernel's columns times the channels of x.
  /// - channels: padded.
  /// - row: the distance between pixels of y. If all channels are in one panel, it may be less than `channels`: the next
  ///   pixel then overwrites the padding of the one before, and only the last one's remains.
  void (*multiply)(
      const float *x, int64_t step, int64_t count, int64_t lines, int64_t line, int64_t depth,
      const float *packed, const float *bias, int64_t channels, float *y, int64_t row);
  /// Packs w[out][in][kernel rows][kernel columns] for `scatter`: [out][kernel row][kernel column][in], with each kernel row
  /// filled up with zeros to whole registers.
  void (*pack_gradient)(
      const float *w, int64_t in, int64_t out, int64_t rows, int64_t columns, float *packed);
  /// The gradient of the input: adds to x, at what each of `count` pixels of a row of the output depends on, the products
  /// of their gradients dy[pixel][out] with the packed weights. The sums are made in the order of the pixels and of `out`.
  /// Up to a register beyond every row of the kernel is read and written again as it was.
  void (*scatter)(
      const float *dy, int64_t out, int64_t count, const float *packed, int64_t lines, int64_t depth,
      int64_t line, int64_t step, float *x);
  /// dw[line][depth][padded channels] += the products of what `count` pixels of a row depend on with their gradients
  /// dy[pixel][padded channels], `row` floats apart. What is read as padding decides about that of dw alone.
  void (*accumulate)(
      const float *x, int64_t step, int64_t count, int64_t lines, int64_t line, int64_t depth,
      const float *dy, int64_t row, int64_t channels, float *dw);
} ck_direct;

/// The kernels for registers of 512 bits if `wide`, otherwise of 256; null if the processor does not have them. Both
/// give the same bits.
const ck_direct *ck_direct_of(bool wide);

/// The kernels for this processor and a number of output channels, whose number they fill up to whole registers: for at
/// most 8, those for registers of 256 bits. Null where there are none.
const ck_direct *ck_best_direct(int64_t channels);

#ifdef __cplusplus
}
#endif
