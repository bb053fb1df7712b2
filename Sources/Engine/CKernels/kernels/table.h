// The table of kernels, included once by each file, which selects the instruction set.

#include "elementwise.h"
#include "loss.h"
#include "optimizers.h"
#include "output_loss.h"
#include "philox.h"
#include "pooling.h"
#include "update.h"

#define KERNELS(chosen)                                                                        \
  {                                                                                            \
    .level = chosen, .philox = philox, .gather = gather, .fill_rows = fillRows,                \
    .activate = activate, .relu_dropout = reluDropout, .dropout = dropout,                     \
    .multiply = multiply, .activate_backward = activateBackward,                               \
    .relu_dropout_backward = reluDropoutBackward, .add_columns = addColumns,                   \
    .cross_entropy = crossEntropy, .probabilities = probabilities, .output_loss = outputLoss,  \
    .adam = adam, .sgd = sgd, .update = update, .sum_of_squares = sumOfSquares, .scale = scale,     \
    .clamp = clampValues, .max_pool = maxPool, .max_pool_backward = maxPoolBackward                 \
  }
