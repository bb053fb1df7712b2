// Convolutions with kernels of 3×3 and a stride of 1 by Winograd's minimal filtering F(4×4, 3×3): 36 products for 16
// outputs instead of 144 (A. Lavin and S. Gray, Fast Algorithms for Convolutional Neural Networks, 2016).
//
// Pictures are in channels-last order, [image][row][column][channel], with multiples of 16 channels. The output is
// divided into tiles of 4×4, numbered by image, row and column; the last ones of a row or column may be cut. All
// products of a tile are made from its own values in one order, so that results do not depend on the number of
// tiles that are computed together. Kernels do not allocate, keep no state and start no threads.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Products of a tile.
#define CK_WINOGRAD_POINTS 36

/// The geometry of a convolution.
typedef struct ck_picture {
  int64_t images, height, width, channels;
  int64_t out_height, out_width, out_channels;
  /// The rows and columns of zeros before the first ones.
  int64_t top, left;
} ck_picture;

/// Values of `count` tiles at the 36 points: plane + p * stride + tile * row + channel.
typedef struct ck_plane {
  float *values;
  /// The distance between two points and between two tiles of a point, in floats.
  int64_t stride, row;
} ck_plane;

typedef struct ck_winograd {
  /// The number of columns in a full panel of packed weights.
  int64_t panel;
  /// Bᵀ d B for the tiles from `first` on.
  void (*input)(
      const ck_picture *picture, const float *x, int64_t first, int64_t count, ck_plane to);
  /// Aᵀ m A for the tiles from `first` on, plus `bias` [out_channels] and `residual` (of the output's shape), either
  /// of which may be null, and a ReLU if wanted.
  void (*output)(
      const ck_picture *picture, ck_plane from, int64_t first, int64_t count, const float *bias,
      const float *residual, bool relu, float *y);
  /// A dy Aᵀ for the tiles from `first` on, the adjoint of `output`.
  void (*gradient)(
      const ck_picture *picture, const float *dy, int64_t first, int64_t count, ck_plane to);
  /// G w Gᵀ for the weights [out][in][3][3] of a convolution from `channels` to `out_channels`, in packed panels:
  /// [36][in][out].
  ///
  /// With `transposed`, the weights of the convolution that gives the gradient of the input: w[in][out] turned by
  /// 180 degrees, where `in` and `out` are the channels that this convolution reads and writes.
  void (*weights)(
      const float *w, int64_t in, int64_t out, bool transposed, int64_t first, int64_t end, float *u);
  /// m = v u at one point for `count` tiles and the channels from `first` to `end` of the output; `first` is the
  /// start of a panel.
  void (*multiply)(
      const float *v, int64_t vrow, int64_t count, int64_t in, const float *u, int64_t out,
      int64_t first, int64_t end, float *m, int64_t mrow);
  /// du[in][out] += vᵀ m for the channels from `first` to `end` of the input at one point of `count` tiles.
  void (*accumulate)(
      const float *v, int64_t vrow, const float *m, int64_t mrow, int64_t count, int64_t first,
      int64_t end, int64_t out, float *du);
  /// dw[out][in][3][3] = Gᵀ du G for the output channels from `first` to `end`.
  void (*weight_gradient)(
      const float *du, int64_t in, int64_t out, int64_t first, int64_t end, float *dw);
} ck_winograd;

/// The number of tiles of a convolution's output.
static inline int64_t ck_tiles(const ck_picture *p) {
  return p->images * ((p->out_height + 3) / 4) * ((p->out_width + 3) / 4);
}

/// The kernels for registers of 512 bits if `wide`, otherwise of 256; null if the processor does not have them. Both
/// give the same bits.
const ck_winograd *ck_winograd_of(bool wide);

/// The kernels for this processor; null where there are none.
const ck_winograd *ck_best_winograd(void);

#ifdef __cplusplus
}
#endif
