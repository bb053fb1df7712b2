/// The C ABI over LibTorch: the only door between Swift and C++.
///
/// Rules that hold for every function here:
/// - Every fallible function returns a `ct_status`; no C++ exception passes this border. Results
///   are written to out-parameters, and only on success.
/// - `ct_last_error` belongs to the calling thread and to the last function that failed on it.
/// - A tensor written to an out-parameter is a new handle, and its owner calls `ct_free` once.
///   Handles that are passed in stay the caller's.
/// - Pointers may be null only where `_Nullable` says so. Where a count is 0, its pointer is not read.
/// - `dim` arguments may be negative, counting from the last dimension, as in PyTorch.
/// - The first call opens `libtorch_cuda` if it lies beside `libtorch_cpu`.
#ifndef CTORCH_H
#define CTORCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma clang assume_nonnull begin

#define CT_CHECKED __attribute__((warn_unused_result))

/// A tensor on some device.
typedef struct ct_tensor ct_tensor;

/// Where a function writes the tensor that it made.
typedef ct_tensor *_Nullable *_Nonnull ct_out;

/// A list of tensors, `count` of them.
typedef struct ct_list {
  const ct_tensor *_Nonnull const *_Nullable tensors;
  size_t count;
} ct_list;

/// The most dimensions a tensor made here may have.
#define CT_MAX_DIMS 8

/// A list of sizes, strides or dimensions. A value, so that its memory is nobody's concern; a `count`
/// above `CT_MAX_DIMS` makes the call fail.
typedef struct ct_ints {
  int64_t values[CT_MAX_DIMS];
  size_t count;
} ct_ints;

/// What became of a call.
typedef enum ct_status { CT_OK = 0, CT_FAILED = 1, CT_OUT_OF_MEMORY = 2 } ct_status;

/// The element types this ABI knows.
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

/// The kinds of devices this ABI knows.
typedef enum ct_device_type { CT_CPU, CT_CUDA, CT_MPS, CT_OTHER_DEVICE } ct_device_type;

/// A device; `index` is 0 where there is only one of its type.
typedef struct ct_device {
  ct_device_type type;
  int32_t index;
} ct_device;

/// How the elements of a four-dimensional tensor lie in memory.
typedef enum ct_memory_format { CT_CONTIGUOUS, CT_CHANNELS_LAST } ct_memory_format;

/// What autocast was on a thread, as `ct_autocast_begin` found it.
typedef struct ct_autocast {
  ct_device device;
  bool enabled;
  ct_dtype dtype;
} ct_autocast;

/// What a loss does with the values of its examples.
typedef enum ct_reduction { CT_NONE, CT_MEAN, CT_SUM } ct_reduction;

// Runtime -----------------------------------------------------------------------------------------

/// Why the last failed call on this thread failed, without a backtrace; empty if none has.
const char *ct_last_error(void);
/// LibTorch's version, such as "2.13.0".
const char *ct_version(void);
/// The instruction set that LibTorch's kernels use, such as "AVX2".
const char *ct_cpu_capability(void);
/// Tensors created on this thread less those freed on it; other threads do not disturb it.
int64_t ct_live_tensor_count_of_thread(void);
/// Sets how many threads one operation uses; call it on the computing thread before any operation.
CT_CHECKED ct_status ct_set_num_threads(int32_t count);
/// How many threads one operation uses on this thread.
int32_t ct_num_threads(void);
/// Asks for deterministic algorithms (an operation that has none fails) and, on CUDA, decides TF32.
CT_CHECKED ct_status ct_set_deterministic(bool deterministic, bool allow_tf32);
/// Takes numbers too small for a normal float as zero, on this thread and, with `pool`, on those that
/// compute its operations; false if the processor cannot.
bool ct_set_flush_denormal(bool flush, bool pool);
/// Keeps freed memory in the process, so that the large blocks of the next batch need not be asked
/// from the system and zeroed by it again. False where the C library has no such setting.
bool ct_keep_freed_memory(void);
/// Whether deterministic algorithms are asked for.
bool ct_is_deterministic(void);
/// Why `libtorch_cuda` lies beside `libtorch_cpu` but could not be opened; empty if that is not so.
const char *ct_cuda_load_error(void);
/// How many CUDA devices can be used; 0 where LibTorch has no CUDA.
CT_CHECKED ct_status ct_cuda_device_count(int32_t *count);
/// Whether Apple's GPU can be used.
bool ct_mps_available(void);

// Tensors -----------------------------------------------------------------------------------------

/// Makes a CPU tensor from a copy of `bytes` bytes, which must be exactly what its shape takes.
CT_CHECKED ct_status ct_from_data(
    const void *_Nullable data, size_t bytes, ct_ints shape, ct_dtype dtype, ct_out out);
/// Makes a tensor whose elements all equal `value`.
CT_CHECKED ct_status ct_full(
    ct_ints shape, double value, ct_dtype dtype, ct_device device, ct_out out);
/// Makes a tensor of zeros with the shape, strides, element type and device of `x`.
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
/// The device the elements lie on.
ct_device ct_device_of(const ct_tensor *x);
/// Whether the elements lie in the order of `format`.
bool ct_is_contiguous(const ct_tensor *x, ct_memory_format format);

/// Reads the only element of a tensor.
CT_CHECKED ct_status ct_item(const ct_tensor *x, double *value);
/// Copies the elements in row-major order, converted to `dtype`, into exactly `bytes` bytes.
CT_CHECKED ct_status ct_copy_to_host(
    const ct_tensor *x, ct_dtype dtype, void *_Nullable data, size_t bytes);
/// Copies a tensor with its elements; gradients flow through.
CT_CHECKED ct_status ct_clone(const ct_tensor *x, ct_out out);
/// A view of the same elements through which no gradient flows.
CT_CHECKED ct_status ct_detach(const ct_tensor *x, ct_out out);
/// The tensor on another device; the same elements if it is there already.
CT_CHECKED ct_status ct_to_device(const ct_tensor *x, ct_device device, ct_out out);
/// The tensor with another element type; the same elements if it has it already.
CT_CHECKED ct_status ct_to_dtype(const ct_tensor *x, ct_dtype dtype, ct_out out);
/// The tensor with its elements in the order of `format`; the same elements if they lie so already.
CT_CHECKED ct_status ct_contiguous(const ct_tensor *x, ct_memory_format format, ct_out out);
/// Overwrites the elements of `x` with those of `source`, which is broadcast and converted.
CT_CHECKED ct_status ct_copy_(const ct_tensor *x, const ct_tensor *source);
/// Overwrites every element of `x`.
CT_CHECKED ct_status ct_fill_(const ct_tensor *x, double value);

// Autograd ----------------------------------------------------------------------------------------

/// Switches the recording of gradients on this thread; returns what it was.
bool ct_set_grad_enabled(bool enabled);
/// Enters inference mode on this thread; every call is matched by one of `ct_inference_mode_end`.
void ct_inference_mode_begin(void);
/// Leaves the inference mode that was entered last on this thread.
void ct_inference_mode_end(void);
/// Has the operations of a device's type on this thread compute in `dtype`, bfloat16 or float16, as
/// `torch.autocast` does; every call is matched by one of `ct_autocast_end` with what it wrote.
CT_CHECKED ct_status ct_autocast_begin(ct_device device, ct_dtype dtype, ct_autocast *before);
/// Makes autocast what it was; the outermost call forgets the converted weights.
CT_CHECKED ct_status ct_autocast_end(ct_autocast before);
/// Whether gradients are recorded for operations on `x`.
bool ct_requires_grad(const ct_tensor *x);
/// Asks for gradients with respect to a leaf.
CT_CHECKED ct_status ct_set_requires_grad(const ct_tensor *x, bool requires_grad);
/// The gradient that `ct_backward` left at a leaf; null if there is none.
CT_CHECKED ct_status ct_grad(const ct_tensor *x, ct_out out);
/// Sets the gradient of a leaf, or removes it.
CT_CHECKED ct_status ct_set_grad(const ct_tensor *x, const ct_tensor *_Nullable grad);
/// Removes the gradients of all `params`.
CT_CHECKED ct_status ct_zero_grad(ct_list params);
/// Adds the gradients of `x` to its leaves; `grad` (null: 1, for a scalar) is the one of `x` itself.
CT_CHECKED ct_status ct_backward(
    const ct_tensor *x, const ct_tensor *_Nullable grad, bool retain_graph);

// Shapes ------------------------------------------------------------------------------------------

/// The same elements in another shape, in which one size may be -1; a view where possible.
CT_CHECKED ct_status ct_reshape(const ct_tensor *x, ct_ints shape, ct_out out);
/// The same elements in another shape, never copied.
CT_CHECKED ct_status ct_view(const ct_tensor *x, ct_ints shape, ct_out out);
/// Dimensions `start` to `end`, both included, as one.
CT_CHECKED ct_status ct_flatten(const ct_tensor *x, int64_t start, int64_t end, ct_out out);
/// A new dimension of size 1 before `dim`.
CT_CHECKED ct_status ct_unsqueeze(const ct_tensor *x, int64_t dim, ct_out out);
/// `length` entries of dimension `dim`, from `start`: a view.
CT_CHECKED ct_status ct_narrow(
    const ct_tensor *x, int64_t dim, int64_t start, int64_t length, ct_out out);
/// The entries of dimension `dim` that the int64 vector `index` names: a copy.
CT_CHECKED ct_status ct_index_select(
    const ct_tensor *x, int64_t dim, const ct_tensor *index, ct_out out);
/// Tensors joined along dimension `dim`.
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
/// Element by element, whether a = b: a bool tensor.
CT_CHECKED ct_status ct_eq(const ct_tensor *a, const ct_tensor *b, ct_out out);
/// Element by element, -x.
CT_CHECKED ct_status ct_neg(const ct_tensor *x, ct_out out);
/// Element by element, the square root.
CT_CHECKED ct_status ct_sqrt(const ct_tensor *x, ct_out out);
/// Element by element, |x|.
CT_CHECKED ct_status ct_abs(const ct_tensor *x, ct_out out);
/// Element by element, the smaller of x and the limit.
CT_CHECKED ct_status ct_clamp_max(const ct_tensor *x, double limit, ct_out out);

// Lists of tensors --------------------------------------------------------------------------------
//
// Every tensor of a list is changed in place, without recording gradients. The lists are equally long.

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

/// The sum over `dims`, or over all of them if there are none.
CT_CHECKED ct_status ct_sum(const ct_tensor *x, ct_ints dims, bool keep_dims, ct_out out);
/// The mean over `dims`, or over all of them if there are none.
CT_CHECKED ct_status ct_mean(const ct_tensor *x, ct_ints dims, bool keep_dims, ct_out out);
/// The largest element.
CT_CHECKED ct_status ct_max(const ct_tensor *x, ct_out out);
/// The largest elements along `dim` and their int64 positions.
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
/// Batch normalisation; in training it updates the running statistics, if given, in place.
CT_CHECKED ct_status ct_batch_norm(
    const ct_tensor *x, const ct_tensor *_Nullable weight, const ct_tensor *_Nullable bias,
    const ct_tensor *_Nullable running_mean, const ct_tensor *_Nullable running_var, bool training,
    double momentum, double eps, ct_out out);
/// Layer normalisation over the last dimensions, whose sizes are `shape`.
CT_CHECKED ct_status ct_layer_norm(
    const ct_tensor *x, ct_ints shape, const ct_tensor *_Nullable weight,
    const ct_tensor *_Nullable bias, double eps, ct_out out);
/// Group normalisation of x [N, C, …] in `groups` groups of channels.
CT_CHECKED ct_status ct_group_norm(
    const ct_tensor *x, int64_t groups, const ct_tensor *_Nullable weight,
    const ct_tensor *_Nullable bias, double eps, ct_out out);
/// Maximum over windows; an empty `stride` is the kernel size.
CT_CHECKED ct_status ct_max_pool2d(
    const ct_tensor *x, ct_ints kernel, ct_ints stride, ct_ints padding, ct_ints dilation,
    bool ceil_mode, ct_out out);
/// Mean over windows; an empty `stride` is the kernel size.
CT_CHECKED ct_status ct_avg_pool2d(
    const ct_tensor *x, ct_ints kernel, ct_ints stride, ct_ints padding, bool ceil_mode,
    bool count_include_pad, ct_out out);
/// Mean over as many windows as the output has places.
CT_CHECKED ct_status ct_adaptive_avg_pool2d(const ct_tensor *x, ct_ints output_size, ct_out out);

// Inference ---------------------------------------------------------------------------------------

/// A convolution or a linear layer whose weights lie in the order that the processor likes best. It
/// counts as a tensor in `ct_live_tensor_count_of_thread`.
typedef struct ct_packed ct_packed;

/// Whether layers can be packed here: for float32 on a CPU for which LibTorch has oneDNN.
bool ct_can_pack(void);
/// Packs a convolution for inputs of shape `input`, [N, C, H, W]; others work too, more slowly.
CT_CHECKED ct_status ct_pack_conv2d(
    const ct_tensor *weight, const ct_tensor *_Nullable bias, ct_ints stride, ct_ints padding,
    ct_ints dilation, int64_t groups, ct_ints input, ct_packed *_Nullable *_Nonnull out);
/// Packs a linear layer for inputs of `rows` rows; others work too, more slowly.
CT_CHECKED ct_status ct_pack_linear(
    const ct_tensor *weight, const ct_tensor *_Nullable bias, int64_t rows,
    ct_packed *_Nullable *_Nonnull out);
/// layer(x) + residual, negative values set to 0 where `relu`; no gradients. The output of a
/// convolution lies in channels-last order; a linear layer takes no residual.
CT_CHECKED ct_status ct_apply_packed(
    const ct_packed *layer, const ct_tensor *x, const ct_tensor *_Nullable residual, bool relu,
    ct_out out);
/// `ct_max_pool2d` without dilation, rounding down, and without gradients where the channels of `x` lie
/// last.
CT_CHECKED ct_status ct_max_pool2d_inference(
    const ct_tensor *x, ct_ints kernel, ct_ints stride, ct_ints padding, ct_out out);
/// Releases a packed layer; null is allowed.
void ct_free_packed(ct_packed *_Nullable layer);

// Activations -------------------------------------------------------------------------------------

/// max(x, 0)
CT_CHECKED ct_status ct_relu(const ct_tensor *x, ct_out out);
/// x, or slope * x where x is negative.
CT_CHECKED ct_status ct_leaky_relu(const ct_tensor *x, double slope, ct_out out);
/// x Φ(x), or its approximation through tanh.
CT_CHECKED ct_status ct_gelu(const ct_tensor *x, bool tanh_approximation, ct_out out);
/// x sigmoid(x)
CT_CHECKED ct_status ct_silu(const ct_tensor *x, ct_out out);
/// 1 / (1 + e⁻ˣ)
CT_CHECKED ct_status ct_sigmoid(const ct_tensor *x, ct_out out);
/// The hyperbolic tangent.
CT_CHECKED ct_status ct_tanh(const ct_tensor *x, ct_out out);
/// Exponentials along `dim`, scaled to sum 1.
CT_CHECKED ct_status ct_softmax(const ct_tensor *x, int64_t dim, ct_out out);

// Losses ------------------------------------------------------------------------------------------

/// Cross entropy of logits [N, C, …] with int64 class numbers [N, …].
CT_CHECKED ct_status ct_cross_entropy(
    const ct_tensor *logits, const ct_tensor *target, double label_smoothing,
    ct_reduction reduction, ct_out out);
/// Squared differences.
CT_CHECKED ct_status ct_mse_loss(
    const ct_tensor *x, const ct_tensor *target, ct_reduction reduction, ct_out out);
/// Binary cross entropy of logits with targets in [0, 1]. A target of 1 counts as often as its column's
/// weight says; without weights once.
CT_CHECKED ct_status ct_bce_with_logits(
    const ct_tensor *logits, const ct_tensor *target, const ct_tensor *_Nullable positive_weights,
    ct_reduction reduction, ct_out out);

// Memory of the caller ----------------------------------------------------------------------------

/// The elements of a contiguous float32 tensor on the CPU. They may be written while no gradient is
/// waiting for its backward pass, and are the tensor's until it is freed.
CT_CHECKED ct_status ct_floats(const ct_tensor *x, float *_Nullable *_Nonnull elements);
/// The elements of a contiguous uint8 tensor on the CPU.
CT_CHECKED ct_status ct_bytes(const ct_tensor *x, const uint8_t *_Nullable *_Nonnull elements);

/// c = a b + beta c for row-major float32 matrices, by LibTorch's own BLAS: a [rows, inner],
/// b [inner, columns], c [rows, columns], none of them empty. A transposed one lies in memory as its
/// transpose. With beta 0 `c` is not read.
CT_CHECKED ct_status ct_gemm(
    const float *a, bool transpose_a, const float *b, bool transpose_b, float beta, float *c,
    int64_t rows, int64_t columns, int64_t inner);

// Data --------------------------------------------------------------------------------------------

/// Rows `index` of the bytes `pixels` as float32: (pixel / 255 - mean) / std, rounded after every step.
///
/// `mean` and `std` have `count` values: one, or one for each channel of the result; none: pixel / 255
/// alone. The one channel of [N, 1, H, W] is repeated to `expanded` channels; 0 leaves them as they are.
CT_CHECKED ct_status ct_gather_normalize(
    const ct_tensor *pixels, const ct_tensor *index, const float *mean, const float *std,
    size_t count, int64_t expanded, ct_memory_format format, ct_out out);

// Optimizers --------------------------------------------------------------------------------------

/// The numbers of Adam and AdamW.
typedef struct ct_adam {
  double lr, beta1, beta2, weight_decay, eps;
  /// AdamW: the decay shrinks the weights and leaves the gradients alone.
  bool decoupled_weight_decay;
  bool amsgrad;
  /// Use the fused kernel where the device has one.
  bool fused;
} ct_adam;

/// The numbers of stochastic gradient descent.
typedef struct ct_sgd {
  double lr, momentum, dampening, weight_decay;
  bool nesterov;
  /// The momentum buffers hold nothing yet.
  bool first_step;
  /// Use the fused kernel where the device has one.
  bool fused;
} ct_sgd;

/// One step of Adam for all `params` that have a gradient. Every list is as long as `params`, but
/// `max_exp_avg_sqs` is empty without amsgrad. `steps` are float32 scalars on the CPU.
CT_CHECKED ct_status ct_adam_step(
    ct_list params, ct_list exp_avgs, ct_list exp_avg_sqs, ct_list max_exp_avg_sqs, ct_list steps,
    ct_adam options);
/// One step of gradient descent for all `params` that have a gradient. `momentum_buffers` is as long
/// as `params`, or empty where the momentum is 0.
CT_CHECKED ct_status ct_sgd_step(ct_list params, ct_list momentum_buffers, ct_sgd options);
/// Scales all gradients down so that their common norm is at most `max_norm`; the norm before that.
CT_CHECKED ct_status ct_clip_grad_norm(ct_list params, double max_norm, ct_out total_norm);

#pragma clang assume_nonnull end

#ifdef __cplusplus
}
#endif

#endif
