// Loops over floats that make up a compiled training step.
//
// All sets of kernels compute in the same order and without fused multiply-add, so they give bit-identical
// results and differ only in speed. Memory needs no particular alignment. Kernels do not allocate, keep no
// state and start no threads.
#pragma once

#include "ckconvolution.h"
#include "cknormalization.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The instruction set that a set of kernels is compiled for.
typedef enum ck_level { CK_PORTABLE, CK_AVX2, CK_AVX512 } ck_level;

typedef enum ck_activation {
  CK_RELU,
  CK_LEAKY_RELU,
  CK_SIGMOID,
  CK_TANH,
} ck_activation;

/// A stream's dropout mask: word `first` + i of Philox4x32-10 under `key` becomes 0 if its upper 24 bits are below
/// `threshold`, and `scale` otherwise.
typedef struct ck_dropout {
  uint32_t key[2];
  /// A multiple of 4.
  uint64_t first;
  uint32_t threshold;
  float scale;
} ck_dropout;

/// The parameters of one step of Adam; the bias corrections are those of the step.
typedef struct ck_adam {
  float beta1, one_minus_beta1;
  float beta2, one_minus_beta2;
  /// Learning rate / (1 - beta1^step).
  float step_size;
  /// 1 / sqrt(1 - beta2^step).
  float inverse_correction2;
  float eps;
  /// Adam's weight decay: this share of the weights is added to the gradient. 0: none.
  float gradient_decay;
  /// AdamW's weight decay: a factor on the weights. 1: none.
  float weight_factor;
} ck_adam;

/// The parameters of one step of gradient descent, with PyTorch's meanings.
typedef struct ck_sgd {
  float lr, momentum, one_minus_dampening, weight_decay;
  bool nesterov;
  /// Whether the buffer is set to the undampened gradient.
  bool first_step;
} ck_sgd;

/// Maximum pooling with windows beside each other. What is left beside the last window of a row or column is left out.
typedef struct ck_pool {
  size_t height, width, channels;
  size_t window_height, window_width;
} ck_pool;

/// An elementwise operation of an optimizer, which changes its target in place.
typedef enum ck_operation_kind {
  /// target = first
  CK_COPY,
  /// target *= number
  CK_SCALE,
  /// target += number
  CK_ADD_NUMBER,
  /// target += number * first
  CK_ADD,
  /// target += number * first * second
  CK_ADD_PRODUCT,
  /// target += number * first / second
  CK_ADD_QUOTIENT,
  /// target += number * (first - target)
  CK_INTERPOLATE,
  /// target *= first
  CK_MULTIPLY,
  /// target /= first
  CK_DIVIDE,
  /// target = max(target, first); NaN if either is.
  CK_MAXIMUM,
  /// target = sqrt(target)
  CK_SQUARE_ROOT,
  /// target = |target|
  CK_ABSOLUTE,
  /// target = -1, 0 or 1; 0 for NaN.
  CK_SIGN,
} ck_operation_kind;

/// An operation on operands, which are named by their places. Places that the operation does not use must be
/// valid, too.
typedef struct ck_operation {
  ck_operation_kind kind;
  uint32_t target, first, second;
  float number;
} ck_operation;

/// Values per block of `update`: small enough for a block of every operand to stay in the L1 cache.
enum { CK_BLOCK = 512 };

/// PyTorch's `cross_entropy` of one score per class.
typedef struct ck_cross_entropy {
  /// PyTorch's `label_smoothing`.
  float smoothing;
  /// The weight of each class, which multiplies its part of the loss; null if all are 1.
  const float *weights;
} ck_cross_entropy;

/// A loss of every output on its own.
typedef enum ck_output_loss {
  /// (output - target)^2
  CK_SQUARED_ERROR,
  /// PyTorch's `binary_cross_entropy_with_logits`.
  CK_BINARY_CROSS_ENTROPY,
} ck_output_loss;

/// The results of a loss over a batch.
typedef struct ck_loss {
  /// The sum over the examples.
  double sum;
  size_t correct;
} ck_loss;

typedef struct ck_kernels {
  ck_level level;

  /// 32-bit words 0, 1, 2, ... of the stream under `key`.
  void (*philox)(const uint32_t key[2], uint32_t *words, size_t count);

  /// Converts rows of bytes to floats: `out[i][j] = tables[channel of j][pixels[rows[i]][j]]`. A row has
  /// `row_size` bytes in `channels` planes, and `tables` has 256 floats per channel.
  void (*gather)(
      const uint8_t *pixels, size_t row_size, size_t channels, const float *tables,
      const int64_t *rows, size_t count, float *out);

  /// Fills every row of `out` with `values`.
  void (*fill_rows)(const float *values, size_t rows, size_t columns, float *out);

  /// x = activation(x). `slope` is that of leaky ReLU.
  void (*activate)(ck_activation kind, float slope, float *x, size_t count);
  /// x = relu(x) * mask.
  void (*relu_dropout)(ck_dropout dropout, float *x, size_t count);
  /// Writes the mask, and y = x * mask.
  void (*dropout)(ck_dropout dropout, const float *x, float *mask, float *y, size_t count);
  /// x = x * factor[i]
  void (*multiply)(const float *factors, float *x, size_t count);

  /// gradient *= activation'(x), where `y` is activation(x).
  void (*activate_backward)(
      ck_activation kind, float slope, const float *y, float *gradient, size_t count);
  /// gradient = y > 0 ? gradient * scale : 0, where `y` is relu(x) * mask and `scale` is that of the mask.
  void (*relu_dropout_backward)(const float *y, float scale, float *gradient, size_t count);
  /// sums[j] += the sum over i of x[i][j], row by row. The rows are `stride` floats apart.
  void (*add_columns)(
      const float *x, size_t stride, size_t rows, size_t columns, float *sums);

  /// Softmax cross-entropy. Replaces `scores` [rows][classes] by the gradient of `factor` * the sum of the
  /// losses.
  ck_loss (*cross_entropy)(
      float *scores, const int32_t *labels, size_t rows, size_t classes, ck_cross_entropy loss,
      float factor);
  /// For evaluation: replaces `scores` by probabilities, and writes the class with the largest score, the
  /// first one of equal scores, to `predictions` and each example's loss to `losses`.
  void (*probabilities)(
      float *scores, const int32_t *labels, size_t rows, size_t classes, ck_cross_entropy loss,
      int32_t *predictions, float *losses);
  /// Replaces `outputs` [rows][columns] by the gradient of `factor` * the sum of the losses of all outputs, and
  /// writes the mean loss of each row to `means`. `positive` multiplies the loss of a target of 1 in each
  /// column, PyTorch's `pos_weight`; null if all are 1.
  void (*output_loss)(
      ck_output_loss kind, float *outputs, const float *targets, const float *positive,
      size_t rows, size_t columns, float factor, float *means);

  void (*adam)(
      ck_adam numbers, const float *gradient, float *weights, float *first, float *second,
      size_t count);
  /// `buffer` may be null if there is no momentum.
  void (*sgd)(
      ck_sgd numbers, const float *gradient, float *weights, float *buffer, size_t count);
  /// Performs a list of operations on all values. Operands from `kept` on exist only during this call:
  /// `temporaries` has `CK_BLOCK` values for each.
  void (*update)(
      const ck_operation *operations, size_t operation_count, float *const *operands, size_t kept,
      float *temporaries, size_t count);
  /// The sum of the squares, in double precision.
  double (*sum_of_squares)(const float *x, size_t count);
  /// x *= factor
  void (*scale)(float factor, float *x, size_t count);
  /// x = min(max(x, -limit), limit); NaN stays NaN.
  void (*clamp)(float limit, float *x, size_t count);

  /// The maxima y [rows][columns][channels] of a picture x [height][width][channels]; NaN is the largest. Up to
  /// 15 floats beyond the picture are read.
  void (*max_pool)(ck_pool pool, const float *x, float *y);
  /// The gradient of x: that of y at the first of the largest values of a window, and 0 elsewhere. Up to 15
  /// floats beyond each picture are read.
  void (*max_pool_backward)(
      ck_pool pool, const float *x, const float *y, const float *dy, float *dx);
} ck_kernels;

/// The fastest kernels that this processor supports.
const ck_kernels *ck_best(void);

/// The kernels of one level; null if this processor does not support them.
const ck_kernels *ck_kernels_of(ck_level level);

#ifdef __cplusplus
}
#endif
