// Convolutions and linear layers for inference: weights are packed once, and the operations after them fused.
//
// Convolutions of 3×3 with a stride of 1 go through Winograd's algorithm, and those with few channels are direct sums. The
// operators for others belong to oneDNN and are registered with the dispatcher under `mkldnn::`. They have no C++
// functions and check little, so shapes are checked here.
#include "ckdirect.h"
#include "direct_convolution.h"
#include "fast_convolution.h"
#include "support.h"

#include <ATen/Context.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/hardswish.h>
#include <ATen/ops/silu.h>

#include <algorithm>
#include <limits>

using namespace ctorch;

namespace {

using Scalars = c10::List<std::optional<at::Scalar>>;
using Bias = const std::optional<at::Tensor> &;

struct Window {
  std::vector<int64_t> stride, padding, dilation;
  int64_t groups = 1;
};

template <class Signature>
c10::TypedOperatorHandle<Signature> operation(const char *name, const char *overload = "") {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, overload).typed<Signature>();
}

/// One number for both dimensions, or two.
std::vector<int64_t> pair(const ct_ints &list) {
  const auto values = ints(list);
  TORCH_CHECK_VALUE(values.size() == 1 || values.size() == 2, "expected one number or two");
  return {values.front(), values.back()};
}

void checkDense(const at::Tensor &x, const char *what) {
  TORCH_CHECK_VALUE(
      x.is_cpu() && x.layout() == at::kStrided && x.scalar_type() == at::kFloat, what,
      " must be a float32 tensor on the CPU");
}

/// oneDNN's name of an activation.
const char *name(ct_activation activation) {
  switch (activation) {
    case CT_RELU: return "relu";
    case CT_RELU6: return "hardtanh";
    case CT_HARDSWISH: return "hardswish";
    case CT_SILU: return "swish";
    default: return "none";
  }
}

/// Its numbers.
Scalars scalars(ct_activation activation) {
  if (activation != CT_RELU6) return Scalars();
  return Scalars({at::Scalar(0.0), at::Scalar(6.0)});
}

/// The largest value of an activation that clamps values to 0 and more.
std::optional<float> limit(ct_activation activation) {
  switch (activation) {
    case CT_RELU: return std::numeric_limits<float>::infinity();
    case CT_RELU6: return 6.0f;
    default: return std::nullopt;
  }
}

/// Applies an activation to a tensor, in place.
void activate(at::Tensor &y, ct_activation activation) {
  switch (activation) {
    case CT_RELU: y.relu_(); break;
    case CT_RELU6: y.clamp_(0, 6); break;
    case CT_HARDSWISH: at::hardswish_(y); break;
    case CT_SILU: at::silu_(y); break;
    default: break;
  }
}

}  // namespace

/// A layer with its weights packed in the CPU's preferred layout.
struct ct_packed {
  ct_packed() { ++liveTensorsOfThread; }
  ~ct_packed() { --liveTensorsOfThread; }
  ct_packed(const ct_packed &) = delete;
  ct_packed &operator=(const ct_packed &) = delete;

  at::Tensor weight;
  std::optional<at::Tensor> bias;
  /// The shape of the weight before packing.
  std::vector<int64_t> shape;
  /// Empty for a linear layer.
  std::optional<Window> window;
  /// Whether `weight` is for Winograd's algorithm instead of oneDNN.
  bool isFast = false;
  /// Instead of `weight` and `bias`, for a convolution by direct sums.
  std::optional<DirectWeights> direct;
};

namespace {

/// The output shape of a convolution of `input`.
std::vector<int64_t> outputShape(const ct_packed &layer, at::IntArrayRef input) {
  const auto &window = *layer.window;
  TORCH_CHECK_VALUE(
      input.size() == 4 && input[1] == layer.shape[1] * window.groups, "an input of shape ", input,
      " does not fit a weight of shape ", layer.shape, " in ", window.groups, " groups");
  std::vector<int64_t> result = {input[0], layer.shape[0]};
  for (int i = 0; i < 2; i++) {
    const int64_t extent = window.dilation[i] * (layer.shape[i + 2] - 1) + 1;
    const int64_t room = input[i + 2] + 2 * window.padding[i] - extent;
    TORCH_CHECK_VALUE(room >= 0, "an input of shape ", input, " is smaller than the kernel");
    result.push_back(room / window.stride[i] + 1);
  }
  return result;
}

at::Tensor convolve(
    const ct_packed &layer, const at::Tensor &x, const at::Tensor *residual,
    ct_activation activation) {
  using Plain = at::Tensor(
      const at::Tensor &, const at::Tensor &, Bias, at::IntArrayRef, at::IntArrayRef,
      at::IntArrayRef, int64_t, std::string_view, Scalars, std::optional<std::string_view>);
  using Binary = at::Tensor(
      const at::Tensor &, const at::Tensor &, const at::Tensor &, Bias, at::IntArrayRef,
      at::IntArrayRef, at::IntArrayRef, int64_t, std::string_view, std::optional<at::Scalar>,
      std::optional<std::string_view>, Scalars, std::optional<std::string_view>);
  static const auto plain = operation<Plain>("mkldnn::_convolution_pointwise");
  static const auto binary = operation<Binary>("mkldnn::_convolution_pointwise", "binary");
  const auto shape = outputShape(layer, x.sizes());
  const auto &w = *layer.window;
  // The memory format of the input determines that of the output.
  const auto input = x.contiguous(at::MemoryFormat::ChannelsLast);
  if (residual != nullptr) {
    checkDense(*residual, "the residual");
    TORCH_CHECK_VALUE(
        residual->sizes() == shape, "a residual of shape ", residual->sizes(),
        " does not fit an output of shape ", shape);
  }
  const auto added = residual == nullptr ? at::Tensor()
                                         : residual->contiguous(at::MemoryFormat::ChannelsLast);
  if (!layer.isFast && !layer.direct && residual == nullptr) {
    return plain.call(
        input, layer.weight, layer.bias, w.padding, w.stride, w.dilation, w.groups,
        name(activation), scalars(activation), std::nullopt);
  }
  if (layer.direct) {
    const auto &addend = layer.direct->addend;
    TORCH_CHECK_VALUE(
        !addend.defined() || addend.sizes().slice(1) == at::IntArrayRef(shape).slice(1),
        "an addend of shape ", addend.sizes(), " does not fit an output of shape ", shape);
    const auto most = residual == nullptr ? limit(activation) : std::nullopt;
    auto y = directConvolution(input, *layer.direct, w.stride, w.padding, most);
    if (residual != nullptr) y.add_(added);
    if (!most) activate(y, activation);
    return y;
  }
  // Winograd's algorithm and oneDNN's addition know no other activation than ReLU.
  const bool relu = activation == CT_RELU;
  at::Tensor y;
  if (layer.isFast) {
    y = fastConvolution(
        input, layer.weight, layer.shape[0], w.padding, layer.bias,
        residual == nullptr ? nullptr : &added, relu);
  } else {
    y = binary.call(
        input, added, layer.weight, layer.bias, w.padding, w.stride, w.dilation, w.groups, "add",
        at::Scalar(1.0), relu ? std::make_optional<std::string_view>("relu") : std::nullopt,
        Scalars(), std::nullopt);
  }
  if (!relu) activate(y, activation);
  return y;
}

at::Tensor multiply(const ct_packed &layer, const at::Tensor &x, ct_activation activation) {
  using Linear = at::Tensor(
      const at::Tensor &, const at::Tensor &, Bias, std::string_view, Scalars,
      std::optional<std::string_view>);
  static const auto linear = operation<Linear>("mkldnn::_linear_pointwise");
  TORCH_CHECK_VALUE(
      x.dim() >= 2 && x.size(-1) == layer.shape[1], "an input of shape ", x.sizes(),
      " does not fit a weight of shape ", layer.shape);
  return linear.call(
      x.contiguous(), layer.weight, layer.bias, name(activation), scalars(activation), std::nullopt);
}

/// Creates a layer with everything except its packed weight.
std::unique_ptr<ct_packed> makeLayer(
    const ct_tensor *weight, const ct_tensor *bias, int64_t dimensions) {
  auto layer = std::make_unique<ct_packed>();
  checkDense(weight->value, "a weight");
  layer->shape = weight->value.sizes().vec();
  TORCH_CHECK_VALUE(
      weight->value.dim() == dimensions && weight->value.numel() > 0, "a weight of shape ",
      layer->shape, " cannot be packed");
  if (bias != nullptr) {
    checkDense(bias->value, "a bias");
    TORCH_CHECK_VALUE(
        bias->value.dim() == 1 && bias->value.size(0) == layer->shape[0], "a bias of shape ",
        bias->value.sizes(), " does not fit ", layer->shape[0], " outputs");
    layer->bias = bias->value.detach().clone();
  }
  return layer;
}

}  // namespace

bool ct_can_pack(void) {
  static const bool can = [] {
    auto &dispatcher = c10::Dispatcher::singleton();
    return at::hasMKLDNN() &&
           dispatcher.findSchema({"mkldnn::_convolution_pointwise", "binary"}).has_value() &&
           dispatcher.findSchema({"mkldnn::_reorder_convolution_weight", ""}).has_value() &&
           dispatcher.findSchema({"mkldnn::_linear_pointwise", ""}).has_value();
  }();
  return can;
}

bool ct_has_direct_convolutions(void) { return ck_best_direct(1) != nullptr; }

ct_status ct_pack_conv2d(
    const ct_tensor *weight, const ct_tensor *bias, const ct_tensor *addend, ct_ints stride,
    ct_ints padding, ct_ints dilation, int64_t groups, ct_ints input, ct_packed **out) {
  using Reorder = at::Tensor(
      const at::Tensor &, at::IntArrayRef, at::IntArrayRef, at::IntArrayRef, int64_t,
      at::OptionalIntArrayRef);
  return guarded([&] {
    static const auto reorder = operation<Reorder>("mkldnn::_reorder_convolution_weight");
    auto layer = makeLayer(weight, bias, 4);
    Window window{pair(stride), pair(padding), pair(dilation), groups};
    auto positive = [](int64_t value) { return value > 0; };
    TORCH_CHECK_VALUE(
        std::all_of(window.stride.begin(), window.stride.end(), positive) &&
            std::all_of(window.dilation.begin(), window.dilation.end(), positive) &&
            window.padding[0] >= 0 && window.padding[1] >= 0 && groups > 0 &&
            layer->shape[0] % groups == 0,
        "a convolution with this window cannot be packed");
    layer->window = window;
    const auto shape = outputShape(*layer, ints(input));
    layer->isFast = isFast(
        weight->value, window.stride, window.padding, window.dilation, groups, shape[2], shape[3]);
    const bool isDirect =
        !layer->isFast && ctorch::isDirect(weight->value, window.dilation, groups);
    if (addend != nullptr) {
      checkDense(addend->value, "an addend");
      TORCH_CHECK_VALUE(
          isDirect && addend->value.dim() == 4 && addend->value.size(0) == 1,
          "only a direct convolution takes an addend, of one picture");
    }
    if (isDirect) {
      layer->direct = directWeights(weight->value.detach(), layer->bias);
      if (addend != nullptr) {
        layer->direct->addend = addend->value.detach().clone(at::MemoryFormat::ChannelsLast);
      }
      *out = layer.release();
      return;
    }
    if (layer->isFast) {
      layer->weight = fastWeights(weight->value.detach(), false);
      *out = layer.release();
      return;
    }
    layer->weight = reorder.call(
        weight->value.detach().contiguous(at::MemoryFormat::ChannelsLast), window.padding,
        window.stride, window.dilation, groups, ints(input));
    *out = layer.release();
  });
}

ct_status ct_pack_linear(
    const ct_tensor *weight, const ct_tensor *bias, int64_t rows, ct_packed **out) {
  using Reorder = at::Tensor(const at::Tensor &, std::optional<int64_t>);
  return guarded([&] {
    static const auto reorder = operation<Reorder>("mkldnn::_reorder_linear_weight");
    auto layer = makeLayer(weight, bias, 2);
    layer->weight = reorder.call(weight->value.detach().contiguous(), rows);
    *out = layer.release();
  });
}

ct_status ct_apply_packed(
    const ct_packed *layer, const ct_tensor *x, const ct_tensor *residual, ct_activation activation,
    ct_out out) {
  return produce(out, [&] {
    checkDense(x->value, "the input");
    if (layer->window) {
      return convolve(
          *layer, x->value, residual == nullptr ? nullptr : &residual->value, activation);
    }
    TORCH_CHECK_VALUE(residual == nullptr, "a linear layer takes no residual");
    return multiply(*layer, x->value, activation);
  });
}

void ct_free_packed(ct_packed *layer) { delete layer; }
