/// The C ABI over LibTorch, the only interface between Swift and C++.
///
/// Rules that apply to every function:
/// - Every function that can fail returns a `ct_status`; C++ exceptions never cross this boundary. Results
///   are written to out-parameters, and only on success.
/// - `ct_last_error` is thread-local and describes the last call that failed on the thread.
/// - A tensor written to an out-parameter is a new handle that the caller owns and must release with
///   `ct_free`. Handles passed as arguments remain the caller's.
/// - Only pointers marked `_Nullable` may be null. If a count is 0, its pointer is not read.
/// - `dim` arguments may be negative to count from the last dimension, as in PyTorch.
/// - The first call loads `libtorch_cuda` if it is in the same folder as `libtorch_cpu`.
#ifndef CTORCH_H
#define CTORCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Other compilers ignore the pragmas and do not know the qualifiers.
#ifndef __clang__
#define _Nullable
#define _Nonnull
#endif

#pragma clang assume_nonnull begin
#pragma GCC visibility push(default)

#define CT_CHECKED __attribute__((warn_unused_result))

/// A tensor on some device.
typedef struct ct_tensor ct_tensor;

/// The out-parameter for a new tensor.
typedef ct_tensor *_Nullable *_Nonnull ct_out;

/// A list of `count` tensors.
typedef struct ct_list {
  const ct_tensor *_Nonnull const *_Nullable tensors;
  size_t count;
} ct_list;

/// The maximum number of dimensions of tensors created through this ABI.
#define CT_MAX_DIMS 8

/// A list of sizes, strides or dimensions. It is passed by value, so that nobody has to manage its memory; a
/// `count` above `CT_MAX_DIMS` makes the call fail.
typedef struct ct_ints {
  int64_t values[CT_MAX_DIMS];
  size_t count;
} ct_ints;

/// The outcome of a call.
typedef enum ct_status { CT_OK = 0, CT_FAILED = 1, CT_OUT_OF_MEMORY = 2 } ct_status;

/// The element types that this ABI supports.
typedef enum ct_dtype {
  CT_FLOAT32,
  CT_FLOAT64,
  CT_FLOAT16,
  CT_BFLOAT16,
  CT_INT64,
  CT_INT32,
  CT_UINT8,
  CT_BOOL,
  CT_OTHER_DTYPE,
} ct_dtype;

/// The device types that this ABI supports.
typedef enum ct_device_type { CT_CPU, CT_CUDA, CT_MPS, CT_OTHER_DEVICE } ct_device_type;

/// A device; `index` is 0 if there is only one of its type.
typedef struct ct_device {
  ct_device_type type;
  int32_t index;
} ct_device;

/// The memory format of a four-dimensional tensor.
typedef enum ct_memory_format { CT_CONTIGUOUS, CT_CHANNELS_LAST } ct_memory_format;

/// A thread's autocast state before `ct_autocast_begin`.
typedef struct ct_autocast {
  ct_device device;
  bool enabled;
  ct_dtype dtype;
} ct_autocast;

/// The reduction that a loss applies to its values.
typedef enum ct_reduction { CT_NONE, CT_MEAN, CT_SUM } ct_reduction;

// Runtime -----------------------------------------------------------------------------------------

/// The message of the last failed call on this thread, without a backtrace; empty if no call has failed.
const char *ct_last_error(void);
/// LibTorch's version, such as "2.13.0".
const char *ct_version(void);
/// The instruction set that LibTorch's kernels use, such as "AVX2".
const char *ct_cpu_capability(void);
/// The number of live tensors created on this thread, minus those freed on it.
int64_t ct_live_tensor_count_of_thread(void);
/// Sets the number of threads per operation; call it on the computing thread before any operation.
CT_CHECKED ct_status ct_set_num_threads(int32_t count);
/// The number of threads that an operation started on this thread uses.
int32_t ct_num_threads(void);
/// Calls `body` for every part below `count` on as many threads as operations of the calling thread use, and returns when
/// all have ended. A thread prefers the part that it computed the last time. Of several parts, each uses one thread for
/// its operations.
CT_CHECKED ct_status ct_for_each_part(
    int64_t count, void (*body)(void *_Nullable context, int64_t part), void *_Nullable context);
/// Requires deterministic algorithms (operations without one fail) and, on CUDA, allows or disables TF32.
CT_CHECKED ct_status ct_set_deterministic(bool deterministic, bool allow_tf32);
/// Flushes denormal numbers to zero on this thread and, with `pool`, on the threads that run its operations.
/// Returns false if the processor does not support this.
bool ct_set_flush_denormal(bool flush, bool pool);
/// Keeps freed memory in the process, so that the system does not have to allocate and zero the large blocks
/// of the next batch again. Returns false if the C library has no such setting.
bool ct_keep_freed_memory(void);
/// Whether deterministic algorithms are required.
bool ct_is_deterministic(void);
/// Why `libtorch_cuda` is present beside `libtorch_cpu` but could not be loaded; empty otherwise.
const char *ct_cuda_load_error(void);
/// The number of usable CUDA devices; 0 if LibTorch has no CUDA support.
CT_CHECKED ct_status ct_cuda_device_count(int32_t *count);
/// Whether Apple's GPU can be used.
bool ct_mps_available(void);

// Tensors -----------------------------------------------------------------------------------------

/// Creates a tensor on `device` from a copy of `bytes` bytes, which must match the size of its shape. On CUDA devices
/// the bytes go through pinned memory, and the call does not wait for the device.
CT_CHECKED ct_status ct_from_data(
    const void *_Nullable data, size_t bytes, ct_ints shape, ct_dtype dtype, ct_device device,
    ct_out out);
/// Creates a tensor on the CPU whose elements are the `bytes` bytes at `data`, which must match the size of its shape.
/// Nobody may write them. `release` is called once with `owner` when the last tensor with this memory is released, and
/// also if the call fails.
CT_CHECKED ct_status ct_from_memory(
    const void *_Nullable data, size_t bytes, ct_ints shape, ct_dtype dtype, void *owner,
    void (*release)(void *owner), ct_out out);
/// Creates a tensor filled with `value`.
CT_CHECKED ct_status ct_full(
    ct_ints shape, double value, ct_dtype dtype, ct_device device, ct_out out);
/// Creates a tensor of zeros with the shape, strides, element type and device of `x`.
CT_CHECKED ct_status ct_zeros_like(const ct_tensor *x, ct_out out);
/// Releases a handle; null is allowed.
void ct_free(ct_tensor *_Nullable x);

/// The number of dimensions.
int64_t ct_dim(const ct_tensor *x);
/// Writes the `ct_dim(x)` sizes.
void ct_sizes(const ct_tensor *x, int64_t *sizes);
/// The number of elements.
int64_t ct_numel(const ct_tensor *x);
/// The element type.
ct_dtype ct_dtype_of(const ct_tensor *x);
/// The device of the elements.
ct_device ct_device_of(const ct_tensor *x);
/// Whether the elements are stored in memory format `format`.
bool ct_is_contiguous(const ct_tensor *x, ct_memory_format format);

/// Reads the value of a single-element tensor.
CT_CHECKED ct_status ct_item(const ct_tensor *x, double *value);
/// Copies the elements in row-major order, converted to `dtype`, into exactly `bytes` bytes.
CT_CHECKED ct_status ct_copy_to_host(
    const ct_tensor *x, ct_dtype dtype, void *_Nullable data, size_t bytes);
/// Copies a tensor; gradients flow through the copy.
CT_CHECKED ct_status ct_clone(const ct_tensor *x, ct_out out);
/// The tensor detached from autograd, sharing its elements.
CT_CHECKED ct_status ct_detach(const ct_tensor *x, ct_out out);
/// The tensor on another device; shares the elements if they are already there.
CT_CHECKED ct_status ct_to_device(const ct_tensor *x, ct_device device, ct_out out);
/// The tensor with another element type; shares the elements if they already have it.
CT_CHECKED ct_status ct_to_dtype(const ct_tensor *x, ct_dtype dtype, ct_out out);
/// The tensor in memory format `format`; shares the elements if they are already in it.
CT_CHECKED ct_status ct_contiguous(const ct_tensor *x, ct_memory_format format, ct_out out);
/// Overwrites the elements of `x` with those of `source`, which is broadcast and converted.
CT_CHECKED ct_status ct_copy_(const ct_tensor *x, const ct_tensor *source);
/// Overwrites every element of `x`.
CT_CHECKED ct_status ct_fill_(const ct_tensor *x, double value);

// Autograd ----------------------------------------------------------------------------------------

/// Enables or disables gradient recording on this thread; returns the previous state.
bool ct_set_grad_enabled(bool enabled);
/// Enters inference mode on this thread; every call must be matched by `ct_inference_mode_end`.
void ct_inference_mode_begin(void);
/// Leaves the most recently entered inference mode on this thread.
void ct_inference_mode_end(void);
/// Runs operations of the device's type on this thread in `dtype`, bfloat16 or float16, like
/// `torch.autocast`; every call must be matched by `ct_autocast_end` with the state written here.
CT_CHECKED ct_status ct_autocast_begin(ct_device device, ct_dtype dtype, ct_autocast *before);
/// Restores the previous autocast state; the outermost call clears the cache of converted weights.
CT_CHECKED ct_status ct_autocast_end(ct_autocast before);
/// Whether gradients are recorded for operations on `x`.
bool ct_requires_grad(const ct_tensor *x);
/// Sets whether gradients are computed with respect to a leaf.
CT_CHECKED ct_status ct_set_requires_grad(const ct_tensor *x, bool requires_grad);
/// The gradient that `ct_backward` accumulated in a leaf; null if there is none.
CT_CHECKED ct_status ct_grad(const ct_tensor *x, ct_out out);
/// Sets the gradient of a leaf; null removes it.
CT_CHECKED ct_status ct_set_grad(const ct_tensor *x, const ct_tensor *_Nullable grad);
/// Clears the gradients of all `params`.
CT_CHECKED ct_status ct_zero_grad(ct_list params);
/// Backpropagates from `x` and adds to its leaves' gradients; `grad` is the gradient of `x` (null: 1, for a
/// scalar).
CT_CHECKED ct_status ct_backward(
    const ct_tensor *x, const ct_tensor *_Nullable grad, bool retain_graph);

// Shapes ------------------------------------------------------------------------------------------

/// The tensor with another shape; one size may be -1. A view if possible.
CT_CHECKED ct_status ct_reshape(const ct_tensor *x, ct_ints shape, ct_out out);
/// A view of the tensor with another shape; never copies.
CT_CHECKED ct_status ct_view(const ct_tensor *x, ct_ints shape, ct_out out);
/// Merges dimensions `start` to `end`, inclusive, into one.
CT_CHECKED ct_status ct_flatten(const ct_tensor *x, int64_t start, int64_t end, ct_out out);
/// Inserts a dimension of size 1 before `dim`.
CT_CHECKED ct_status ct_unsqueeze(const ct_tensor *x, int64_t dim, ct_out out);
/// A view of `length` entries along dimension `dim`, starting at `start`.
CT_CHECKED ct_status ct_narrow(
    const ct_tensor *x, int64_t dim, int64_t start, int64_t length, ct_out out);
/// Copies the entries of dimension `dim` at the positions in the int64 vector `index`.
CT_CHECKED ct_status ct_index_select(
    const ct_tensor *x, int64_t dim, const ct_tensor *index, ct_out out);
/// Concatenates tensors along dimension `dim`.
CT_CHECKED ct_status ct_cat(ct_list tensors, int64_t dim, ct_out out);

// Arithmetic --------------------------------------------------------------------------------------

/// a + alpha * b
CT_CHECKED ct_status ct_add(const ct_tensor *a, const ct_tensor *b, double alpha, ct_out out);
/// a - alpha * b
CT_CHECKED ct_status ct_sub(const ct_tensor *a, const ct_tensor *b, double alpha, ct_out out);
/// a * b
CT_CHECKED ct_status ct_mul(const ct_tensor *a, const ct_tensor *b, ct_out out);
/// a / b
CT_CHECKED ct_status ct_div(const ct_tensor *a, const ct_tensor *b, ct_out out);
/// x + value
CT_CHECKED ct_status ct_add_scalar(const ct_tensor *x, double value, ct_out out);
/// x * value
CT_CHECKED ct_status ct_mul_scalar(const ct_tensor *x, double value, ct_out out);
/// x / value
CT_CHECKED ct_status ct_div_scalar(const ct_tensor *x, double value, ct_out out);
/// a += alpha * b
CT_CHECKED ct_status ct_add_(const ct_tensor *a, const ct_tensor *b, double alpha);
/// a *= b
CT_CHECKED ct_status ct_mul_(const ct_tensor *a, const ct_tensor *b);
/// x += value
CT_CHECKED ct_status ct_add_scalar_(const ct_tensor *x, double value);
/// x *= value
CT_CHECKED ct_status ct_mul_scalar_(const ct_tensor *x, double value);
/// Element-wise equality, as a bool tensor.
CT_CHECKED ct_status ct_eq(const ct_tensor *a, const ct_tensor *b, ct_out out);
/// Element-wise -x
CT_CHECKED ct_status ct_neg(const ct_tensor *x, ct_out out);
/// The element-wise square root.
CT_CHECKED ct_status ct_sqrt(const ct_tensor *x, ct_out out);
/// Element-wise |x|
CT_CHECKED ct_status ct_abs(const ct_tensor *x, ct_out out);
/// The element-wise minimum of x and the limit.
CT_CHECKED ct_status ct_clamp_max(const ct_tensor *x, double limit, ct_out out);

// Lists of tensors --------------------------------------------------------------------------------
//
// Every tensor of a list is updated in place without recording gradients. Lists must have equal lengths.

/// x = source
CT_CHECKED ct_status ct_list_copy_(ct_list x, ct_list source);
/// x *= value
CT_CHECKED ct_status ct_list_mul_scalar_(ct_list x, double value);
/// x += value
CT_CHECKED ct_status ct_list_add_scalar_(ct_list x, double value);
/// x += alpha * y
CT_CHECKED ct_status ct_list_add_(ct_list x, ct_list y, double alpha);
/// x += value * a * b
CT_CHECKED ct_status ct_list_addcmul_(ct_list x, ct_list a, ct_list b, double value);
/// x += value * a / b
CT_CHECKED ct_status ct_list_addcdiv_(ct_list x, ct_list a, ct_list b, double value);
/// x += weight * (y - x)
CT_CHECKED ct_status ct_list_lerp_(ct_list x, ct_list y, double weight);
/// x = √x
CT_CHECKED ct_status ct_list_sqrt_(ct_list x);

// Reductions --------------------------------------------------------------------------------------

/// The sum over `dims`, or over all dimensions if empty.
CT_CHECKED ct_status ct_sum(const ct_tensor *x, ct_ints dims, bool keep_dims, ct_out out);
/// The mean over `dims`, or over all dimensions if empty.
CT_CHECKED ct_status ct_mean(const ct_tensor *x, ct_ints dims, bool keep_dims, ct_out out);
/// The largest element.
CT_CHECKED ct_status ct_max(const ct_tensor *x, ct_out out);
/// The largest elements along `dim` and their int64 indices.
CT_CHECKED ct_status ct_max_dim(
    const ct_tensor *x, int64_t dim, bool keep_dim, ct_out values, ct_out indices);

// Layers ------------------------------------------------------------------------------------------

/// x wᵀ + b
CT_CHECKED ct_status ct_linear(
    const ct_tensor *x, const ct_tensor *weight, const ct_tensor *_Nullable bias, ct_out out);
/// Two-dimensional cross-correlation of x [N, C, H, W] with weight [O, C / groups, kH, kW].
CT_CHECKED ct_status ct_conv2d(
    const ct_tensor *x, const ct_tensor *weight, const ct_tensor *_Nullable bias, ct_ints stride,
    ct_ints padding, ct_ints dilation, int64_t groups, ct_out out);
/// Batch normalisation; in training it updates the running statistics, if given, in place. `residual`, if given, is
/// added to the result, and a ReLU follows if wanted.
CT_CHECKED ct_status ct_batch_norm(
    const ct_tensor *x, const ct_tensor *_Nullable weight, const ct_tensor *_Nullable bias,
    const ct_tensor *_Nullable running_mean, const ct_tensor *_Nullable running_var, bool training,
    double momentum, double eps, const ct_tensor *_Nullable residual, bool relu, ct_out out);
/// Layer normalisation over the last dimensions, of shape `shape`.
CT_CHECKED ct_status ct_layer_norm(
    const ct_tensor *x, ct_ints shape, const ct_tensor *_Nullable weight,
    const ct_tensor *_Nullable bias, double eps, ct_out out);
/// Group normalisation of x [N, C, …] with `groups` groups of channels.
CT_CHECKED ct_status ct_group_norm(
    const ct_tensor *x, int64_t groups, const ct_tensor *_Nullable weight,
    const ct_tensor *_Nullable bias, double eps, ct_out out);
/// Maximum pooling; an empty `stride` means the kernel size.
CT_CHECKED ct_status ct_max_pool2d(
    const ct_tensor *x, ct_ints kernel, ct_ints stride, ct_ints padding, ct_ints dilation,
    bool ceil_mode, ct_out out);
/// Average pooling; an empty `stride` means the kernel size.
CT_CHECKED ct_status ct_avg_pool2d(
    const ct_tensor *x, ct_ints kernel, ct_ints stride, ct_ints padding, bool ceil_mode,
    bool count_include_pad, ct_out out);
/// Average pooling to a fixed output size.
CT_CHECKED ct_status ct_adaptive_avg_pool2d(const ct_tensor *x, ct_ints output_size, ct_out out);

/// What padding adds.
typedef enum ct_padding {
  /// One value.
  CT_PAD_CONSTANT,
  /// The values beside the edge, mirrored at it.
  CT_PAD_REFLECT,
  /// The value at the edge.
  CT_PAD_REPLICATE,
  /// The values from the other end.
  CT_PAD_CIRCULAR
} ct_padding;

/// Padding along any dimensions. `amounts` are those before and after the last dimension, then the one before
/// it, and so on, as in PyTorch; only constant padding may be negative, which removes values.
CT_CHECKED ct_status ct_pad(
    const ct_tensor *x, ct_ints amounts, ct_padding mode, double value, ct_out out);
/// Resizes x [N, C, L] or [N, C, H, W] to `size` with the nearest value. The scales are the factors on height
/// (unused for sequences) and on width or length; 0 if the size was chosen directly.
CT_CHECKED ct_status ct_upsample_nearest(
    const ct_tensor *x, ct_ints size, double first_scale, double last_scale, ct_out out);
/// The same with linear interpolation.
CT_CHECKED ct_status ct_upsample_linear(
    const ct_tensor *x, ct_ints size, double first_scale, double last_scale, bool align_corners,
    ct_out out);
/// [N, C f², H, W] to [N, C, H f, W f].
CT_CHECKED ct_status ct_pixel_shuffle(const ct_tensor *x, int64_t factor, ct_out out);
/// [N, C, H f, W f] to [N, C f², H, W].
CT_CHECKED ct_status ct_pixel_unshuffle(const ct_tensor *x, int64_t factor, ct_out out);
/// Interleaves groups of channels.
CT_CHECKED ct_status ct_channel_shuffle(const ct_tensor *x, int64_t groups, ct_out out);
/// One-dimensional cross-correlation of x [N, C, L] with weight [out, C / groups, length].
CT_CHECKED ct_status ct_conv1d(
    const ct_tensor *x, const ct_tensor *weight, const ct_tensor *_Nullable bias, int64_t stride,
    int64_t padding, int64_t dilation, int64_t groups, ct_out out);
/// Transposed convolution of x [N, C, L] or [N, C, H, W] with weight [C, out / groups, …].
CT_CHECKED ct_status ct_conv_transpose(
    const ct_tensor *x, const ct_tensor *weight, const ct_tensor *_Nullable bias, ct_ints stride,
    ct_ints padding, ct_ints output_padding, int64_t groups, ct_ints dilation, ct_out out);
/// Maximum pooling of x [N, C, L].
CT_CHECKED ct_status ct_max_pool1d(
    const ct_tensor *x, int64_t kernel, int64_t stride, int64_t padding, int64_t dilation,
    bool ceil_mode, ct_out out);
/// Average pooling of x [N, C, L].
CT_CHECKED ct_status ct_avg_pool1d(
    const ct_tensor *x, int64_t kernel, int64_t stride, int64_t padding, bool ceil_mode,
    bool count_include_pad, ct_out out);
/// Average pooling of x [N, C, L] to a fixed length.
CT_CHECKED ct_status ct_adaptive_avg_pool1d(const ct_tensor *x, int64_t output_size, ct_out out);
/// Maximum pooling to a fixed length, or a fixed height and width.
CT_CHECKED ct_status ct_adaptive_max_pool(const ct_tensor *x, ct_ints output_size, ct_out out);
/// Normalises each channel of each example of x [N, C, …] with its own statistics, which update running
/// statistics in place if there are any, or with the running statistics.
CT_CHECKED ct_status ct_instance_norm(
    const ct_tensor *x, const ct_tensor *_Nullable weight, const ct_tensor *_Nullable bias,
    const ct_tensor *_Nullable running_mean, const ct_tensor *_Nullable running_var,
    bool use_input_statistics, double momentum, double eps, ct_out out);
/// x / (k + alpha · mean of x² over `size` neighbouring channels)^beta, of x [N, C, …].
CT_CHECKED ct_status ct_local_response_norm(
    const ct_tensor *x, int64_t size, double alpha, double beta, double k, ct_out out);


// Inference ---------------------------------------------------------------------------------------

/// A convolution or a linear layer with its weights packed in the CPU's preferred layout. It counts as a
/// tensor in `ct_live_tensor_count_of_thread`.
typedef struct ct_packed ct_packed;

/// Whether layers can be packed: for float32 on a CPU that LibTorch supports through oneDNN.
bool ct_can_pack(void);
/// Whether convolutions without groups and dilation are direct sums if pictures have a single channel and kernels more
/// than one pixel.
bool ct_has_direct_convolutions(void);
/// Packs a convolution for inputs of shape `input`, [N, C, H, W]; other shapes work but are slower. A direct one adds
/// `addend`, [1, output channels, rows, columns], to each picture, before the activation.
CT_CHECKED ct_status ct_pack_conv2d(
    const ct_tensor *weight, const ct_tensor *_Nullable bias, const ct_tensor *_Nullable addend,
    ct_ints stride, ct_ints padding, ct_ints dilation, int64_t groups, ct_ints input,
    ct_packed *_Nullable *_Nonnull out);
/// Packs a linear layer for batches of `rows` rows; other sizes work but are slower.
CT_CHECKED ct_status ct_pack_linear(
    const ct_tensor *weight, const ct_tensor *_Nullable bias, int64_t rows,
    ct_packed *_Nullable *_Nonnull out);
/// An activation that a packed layer computes with its output.
typedef enum ct_activation {
  CT_IDENTITY,
  CT_RELU,
  CT_RELU6,
  CT_HARDSWISH,
  CT_SILU
} ct_activation;
/// The activation of layer(x) + residual; records no gradients. The output of a convolution is in channels-last
/// order; a linear layer takes no residual.
CT_CHECKED ct_status ct_apply_packed(
    const ct_packed *layer, const ct_tensor *x, const ct_tensor *_Nullable residual,
    ct_activation activation, ct_out out);
/// Releases a packed layer; null is allowed.
void ct_free_packed(ct_packed *_Nullable layer);

// Activations -------------------------------------------------------------------------------------

/// max(x, 0)
CT_CHECKED ct_status ct_relu(const ct_tensor *x, ct_out out);
/// The same in place.
CT_CHECKED ct_status ct_relu_(const ct_tensor *x);
/// x if x is positive, otherwise slope * x
CT_CHECKED ct_status ct_leaky_relu(const ct_tensor *x, double slope, ct_out out);
/// x Φ(x), or its tanh approximation.
CT_CHECKED ct_status ct_gelu(const ct_tensor *x, bool tanh_approximation, ct_out out);
/// x sigmoid(x)
CT_CHECKED ct_status ct_silu(const ct_tensor *x, ct_out out);
/// x · min(max(x + 3, 0), 6) / 6
CT_CHECKED ct_status ct_hardswish(const ct_tensor *x, ct_out out);
/// min(max(x, 0), 6)
CT_CHECKED ct_status ct_relu6(const ct_tensor *x, ct_out out);
/// min(max(x + 3, 0), 6) / 6
CT_CHECKED ct_status ct_hardsigmoid(const ct_tensor *x, ct_out out);
/// The scaled ELU of self-normalising networks.
CT_CHECKED ct_status ct_selu(const ct_tensor *x, ct_out out);
/// x tanh(log(1 + eˣ))
CT_CHECKED ct_status ct_mish(const ct_tensor *x, ct_out out);
/// x above zero, alpha (eˣ − 1) below.
CT_CHECKED ct_status ct_elu(const ct_tensor *x, double alpha, ct_out out);
/// log(1 + e^(beta x)) / beta; x itself where beta x is above the threshold.
CT_CHECKED ct_status ct_softplus(const ct_tensor *x, double beta, double threshold, ct_out out);
/// 1 / (1 + e⁻ˣ)
CT_CHECKED ct_status ct_sigmoid(const ct_tensor *x, ct_out out);
/// The hyperbolic tangent.
CT_CHECKED ct_status ct_tanh(const ct_tensor *x, ct_out out);
/// The logarithm of the softmax along `dim`.
CT_CHECKED ct_status ct_log_softmax(const ct_tensor *x, int64_t dim, ct_out out);
/// The softmax along `dim`.
CT_CHECKED ct_status ct_softmax(const ct_tensor *x, int64_t dim, ct_out out);

// Losses ------------------------------------------------------------------------------------------

/// Cross-entropy between logits [N, C, …] and int64 class indices [N, …].
CT_CHECKED ct_status ct_cross_entropy(
    const ct_tensor *logits, const ct_tensor *target, double label_smoothing,
    ct_reduction reduction, ct_out out);
/// Squared error.
CT_CHECKED ct_status ct_mse_loss(
    const ct_tensor *x, const ct_tensor *target, ct_reduction reduction, ct_out out);
/// Binary cross-entropy between logits and targets in [0, 1]. The loss of positive targets is multiplied by
/// the weight of their column, if there are weights.
CT_CHECKED ct_status ct_bce_with_logits(
    const ct_tensor *logits, const ct_tensor *target, const ct_tensor *_Nullable positive_weights,
    ct_reduction reduction, ct_out out);
/// Cross-entropy of each example, multiplied by the weight of its class. Smoothing weighs the part of each
/// class by the class's own weight.
CT_CHECKED ct_status ct_weighted_cross_entropy(
    const ct_tensor *logits, const ct_tensor *target, const ct_tensor *weights,
    double label_smoothing, ct_out out);
/// The negative log-likelihood of counts under rates or, with `log_input`, their logarithms; element-wise.
CT_CHECKED ct_status ct_poisson_nll(
    const ct_tensor *x, const ct_tensor *target, bool log_input, bool full, double eps, ct_out out);
/// t (ln t - x) of log-probabilities x and probabilities t, element-wise.
CT_CHECKED ct_status ct_kl_div(const ct_tensor *x, const ct_tensor *target, ct_out out);
CT_CHECKED ct_status ct_exp(const ct_tensor *x, ct_out out);
/// The natural logarithm.
CT_CHECKED ct_status ct_log(const ct_tensor *x, ct_out out);
CT_CHECKED ct_status ct_pow(const ct_tensor *x, double exponent, ct_out out);
/// The element-wise maximum with a number.
CT_CHECKED ct_status ct_clamp_min(const ct_tensor *x, double limit, ct_out out);

// Raw memory --------------------------------------------------------------------------------------

/// The elements of a contiguous float32 CPU tensor, valid until it is freed. Do not write to them between a
/// forward pass and its backward pass.
CT_CHECKED ct_status ct_floats(const ct_tensor *x, float *_Nullable *_Nonnull elements);
/// The elements of a contiguous uint8 CPU tensor, valid until it is freed.
CT_CHECKED ct_status ct_bytes(const ct_tensor *x, const uint8_t *_Nullable *_Nonnull elements);

/// A row-major float32 matrix; if it is transposed, the memory holds its transpose.
typedef struct ct_matrix {
  const float *values;
  bool transposed;
  /// The distance between the rows in memory.
  int64_t stride;
} ct_matrix;

/// c = a b + beta c for non-empty matrices a [rows, inner], b [inner, columns] and c [rows, columns], with LibTorch's own
/// BLAS. If beta is 0, `c` is not read.
CT_CHECKED ct_status ct_gemm(
    ct_matrix a, ct_matrix b, float beta, float *c, int64_t rows, int64_t columns, int64_t inner);

// Data --------------------------------------------------------------------------------------------

/// Gathers the rows `index` of the bytes `pixels` as float32: (pixel / 255 - mean) / std, rounded after every
/// step.
///
/// `mean` and `std` have `count` values: one, one per channel of the result, or none to skip the
/// normalisation. The channel of [N, 1, H, W] is repeated to `expanded` channels; 0 means no repetition.
CT_CHECKED ct_status ct_gather_normalize(
    const ct_tensor *pixels, const ct_tensor *index, const float *mean, const float *std,
    size_t count, int64_t expanded, ct_memory_format format, ct_out out);

// Optimizers --------------------------------------------------------------------------------------

/// The hyperparameters of Adam and AdamW.
typedef struct ct_adam {
  double lr, beta1, beta2, weight_decay, eps;
  /// Whether to decay the weights directly (AdamW) instead of adding the decay to the gradients.
  bool decoupled_weight_decay;
  bool amsgrad;
  /// Whether to use the fused kernel if the device has one.
  bool fused;
} ct_adam;

/// The hyperparameters of stochastic gradient descent.
typedef struct ct_sgd {
  double lr, momentum, dampening, weight_decay;
  bool nesterov;
  /// Whether the momentum buffers are still uninitialised.
  bool first_step;
  /// Whether to use the fused kernel if the device has one.
  bool fused;
} ct_sgd;

/// Takes one step of Adam on all `params` that have a gradient. All lists have the length of `params`, except
/// that `max_exp_avg_sqs` is empty without amsgrad. `steps` are float32 scalars on the CPU or, with fused kernels,
/// on the device of the parameter.
CT_CHECKED ct_status ct_adam_step(
    ct_list params, ct_list exp_avgs, ct_list exp_avg_sqs, ct_list max_exp_avg_sqs, ct_list steps,
    ct_adam options);
/// Takes one step of gradient descent on all `params` that have a gradient. `momentum_buffers` has the length
/// of `params`, or is empty if the momentum is 0.
CT_CHECKED ct_status ct_sgd_step(ct_list params, ct_list momentum_buffers, ct_sgd options);
/// Scales all gradients in place so that their global norm is at most `max_norm`; returns the original norm.
CT_CHECKED ct_status ct_clip_grad_norm(ct_list params, double max_norm, ct_out total_norm);
/// Clamps every value of all gradients in place to ±`limit`.
CT_CHECKED ct_status ct_clip_grad_value(ct_list params, double limit);

/// The hyperparameters of Muon.
typedef struct ct_muon {
  double lr, weight_decay, momentum;
  /// The coefficients of x, x³ and x⁵ in the Newton-Schulz iteration.
  double a, b, c;
  double eps;
  int64_t ns_steps;
  bool nesterov;
  /// Whether the learning rate of an A × B matrix is multiplied by 0.2 √max(A, B), not by √max(1, A/B).
  bool match_rms_adamw;
} ct_muon;

/// Takes one step of Muon on all `params` that have a gradient, all of which must be matrices.
CT_CHECKED ct_status ct_muon_step(ct_list params, ct_list momentum_buffers, ct_muon options);

// More in-place operations on lists ---------------------------------------------------------------

/// x *= y
CT_CHECKED ct_status ct_list_mul_(ct_list x, ct_list y);
/// x /= y
CT_CHECKED ct_status ct_list_div_(ct_list x, ct_list y);
/// x = max(x, y)
CT_CHECKED ct_status ct_list_maximum_(ct_list x, ct_list y);
/// x = |x|
CT_CHECKED ct_status ct_list_abs_(ct_list x);
/// x = −1, 0 or 1
CT_CHECKED ct_status ct_list_sign_(ct_list x);

#pragma GCC visibility pop
#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif

#endif
