"""Golden forward and backward values of every layer, computed by PyTorch in float64.

Made with torch 2.13.0+cpu, one thread. `python3 make.py` writes `<layer>.json` beside itself, or
those of the layers that are named:

  {"layer", "torch", "cases": [...], "shape_errors": [...]}

A case is {"name", "arguments", "training", "inputs": [T...], "parameters": {name: T},
"buffers": {name: T}, "output": T, "buffers_after": {name: T}, "grad_output": T,
"grad_inputs": [T...], "grad_parameters": {name: T}} with T = {"shape": [...], "data": [...]},
data flat in row-major order. The gradients are those of sum(output * grad_output).
`arguments` are PyTorch's, without those that follow from the input (in_features, in_channels,
num_features, num_channels); what is not there has PyTorch's default. `reshape` takes its shape
without the batch dimension. Inputs are multiples of 1/256: float32 holds them exactly.

A shape error is {"arguments", "input_shapes", "training", "stage": "construct" | "forward",
"reason", "message"}: PyTorch itself raised, `message` is the first line of what it said.
A file is written only when every shape error was seen to raise.
"""

import json
import pathlib
import sys
import warnings
import zlib

import torch
import torch.nn as nn

warnings.filterwarnings("ignore", category=UserWarning)
torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
HERE = pathlib.Path(__file__).resolve().parent


def pair(value):
    return tuple(value) if isinstance(value, list) else value


class Reshape(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape

    def forward(self, x):
        return x.reshape(x.shape[0], *self.shape)


class Softmax(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        return torch.softmax(x, self.dim)


class LogSoftmax(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        return torch.log_softmax(x, self.dim)


class GlobalAvgPool(nn.Module):
    def forward(self, x):
        return x.mean(dim=(2, 3))


class Add(nn.Module):
    def forward(self, *xs):
        result = xs[0]
        for x in xs[1:]:
            result = result + x
        return result


class Multiply(nn.Module):
    def forward(self, *xs):
        result = xs[0]
        for x in xs[1:]:
            result = result * x
        return result


class Concat(nn.Module):
    def __init__(self, dim=1):
        super().__init__()
        self.dim = dim

    def forward(self, *xs):
        return torch.cat(xs, self.dim)


class Pad(nn.Module):
    """F.pad; one number means all sides of all dimensions but batch and channels."""

    def __init__(self, dims, pad, mode="constant", value=0.0):
        super().__init__()
        spatial = max(1, dims - 2)
        pad = [pad] * (2 * spatial) if isinstance(pad, int) else list(pad)
        if mode != "constant":
            pad += [0] * (2 * spatial - len(pad))
        self.pad, self.mode, self.value = pad, mode, value

    def forward(self, x):
        return nn.functional.pad(x, self.pad, self.mode, self.value)


class Upsample(nn.Module):
    """nn.Upsample; or to the size of a second input."""

    def __init__(self, **arguments):
        super().__init__()
        self.arguments = arguments

    def forward(self, x, *like):
        if not like:
            return nn.Upsample(**self.arguments)(x)
        if "size" in self.arguments or like[0].dim() != x.dim():
            raise ValueError("the second input determines the size")
        return nn.functional.interpolate(x, size=like[0].shape[2:], **self.arguments)


class CheckSize(nn.Module):
    def __init__(self, multiple_of):
        super().__init__()
        if multiple_of < 1:
            raise ValueError("not a size")
        self.multiple = multiple_of

    def forward(self, x):
        if x.dim() != 4 or x.shape[2] % self.multiple or x.shape[3] % self.multiple:
            raise ValueError("not a multiple")
        return x * 1


class LayerNorm2d(nn.LayerNorm):
    """torchvision's."""

    def forward(self, x):
        if x.dim() != 4:
            raise ValueError("not an image")
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Permute(nn.Module):
    def __init__(self, dims):
        super().__init__()
        self.dims = dims if 0 in dims else (0, *dims)

    def forward(self, x):
        return x.permute(self.dims)


class Transpose(nn.Module):
    def __init__(self, dim0=1, dim1=2):
        super().__init__()
        self.dims = dim0, dim1

    def forward(self, x):
        return x.transpose(*self.dims)


class Slice(nn.Module):
    def __init__(self, dim=1, start=0, end=None, step=1):
        super().__init__()
        self.dim, self.part = dim, slice(start, end, step)

    def forward(self, x):
        part = [slice(None)] * x.dim()
        part[self.dim] = self.part
        return x[tuple(part)]


class Reduce(nn.Module):
    def __init__(self, function, dim, keepdim=False):
        super().__init__()
        self.function, self.dim, self.keepdim = function, dim, keepdim

    def forward(self, x):
        return self.function(x, self.dim, self.keepdim)


class StochasticDepth(nn.Module):
    """torchvision's, as far as it can be compared: what training draws differs."""

    def __init__(self, p, mode="row"):
        super().__init__()
        if not 0 <= p <= 1 or mode not in ("row", "batch"):
            raise ValueError("p is a probability, mode is row or batch")

    def forward(self, x):
        assert not self.training
        return x


class LayerScale(nn.Module):
    """The factor of torchvision's ConvNeXt block, in any number of dimensions."""

    def __init__(self, shape, init_value=1e-6, dim=1):
        super().__init__()
        if not -len(shape) <= dim < len(shape):
            raise IndexError("no such dimension")
        dim %= len(shape)
        self.bare = nn.Parameter(torch.full([shape[dim]] + [1] * (len(shape) - dim - 1), init_value))

    def forward(self, x):
        return self.bare * x


class LearnedParameter(nn.Module):
    """A class token or position embeddings, for a batch of the input's size."""

    def __init__(self, input_shape, shape=None, batch_dim=True, init=None):
        super().__init__()
        shape = shape or input_shape[1:]
        self.shape = shape
        self.bare = nn.Parameter(torch.zeros(([1] if batch_dim else []) + list(shape)))

    def forward(self, x):
        return self.bare.expand(x.shape[0], *self.shape)


class MatMul(nn.Module):
    def forward(self, a, b):
        return a @ b


class Attention(nn.Module):
    """nn.MultiheadAttention, whose sizes follow from the inputs."""

    def __new__(cls, query, key=None, value=None, batch_first=True, is_causal=False, **arguments):
        key = key or query
        value = value or key
        module = nn.MultiheadAttention(
            query[-1], kdim=key[-1], vdim=value[-1], batch_first=batch_first, **arguments)
        forward = module.forward

        def call(query, key=None, value=None):
            key = query if key is None else key
            value = key if value is None else value
            mask = None
            if is_causal:
                mask = torch.ones(query.shape[1], key.shape[1], dtype=torch.bool).triu(1)
            return forward(query, key, value, attn_mask=mask, need_weights=False)[0]

        module.forward = call
        return module


class Embedding(nn.Module):
    def __new__(cls, init=None, **arguments):
        module = nn.Embedding(**arguments)
        forward = module.forward
        module.forward = lambda x: forward(x.long())
        return module


class Recurrent(nn.Module):
    def __new__(cls, kind, features, output="sequence", batch_first=True, **arguments):
        module = kind(features, batch_first=batch_first, **arguments)
        forward = module.forward

        def call(x):
            outputs, states = forward(x)
            hidden = states[0] if isinstance(states, tuple) else states
            if output == "sequence":
                return outputs
            return torch.cat(tuple(hidden[-2:]), 1) if module.bidirectional else hidden[-1]

        module.forward = call
        return module


BUILD = {
    "flatten": lambda s, **a: nn.Flatten(**a),
    "reshape": lambda s, **a: Reshape(**a),
    "identity": lambda s, **a: nn.Identity(),
    "linear": lambda s, **a: nn.Linear(s[-1], **a),
    "relu": lambda s, **a: nn.ReLU(),
    "leaky_relu": lambda s, **a: nn.LeakyReLU(**a),
    "gelu": lambda s, **a: nn.GELU(**a),
    "silu": lambda s, **a: nn.SiLU(),
    "hardswish": lambda s, **a: nn.Hardswish(),
    "relu6": lambda s, **a: nn.ReLU6(),
    "hardsigmoid": lambda s, **a: nn.Hardsigmoid(),
    "selu": lambda s, **a: nn.SELU(),
    "mish": lambda s, **a: nn.Mish(),
    "elu": lambda s, **a: nn.ELU(**a),
    "softplus": lambda s, **a: nn.Softplus(**a),
    "sigmoid": lambda s, **a: nn.Sigmoid(),
    "tanh": lambda s, **a: nn.Tanh(),
    "softmax": lambda s, **a: Softmax(**a),
    "log_softmax": lambda s, **a: LogSoftmax(**a),
    "dropout": lambda s, **a: nn.Dropout(**a),
    "dropout2d": lambda s, **a: nn.Dropout2d(**a),
    "conv2d": lambda s, **a: nn.Conv2d(s[1], **a),
    "batch_norm1d": lambda s, **a: nn.BatchNorm1d(s[1], **a),
    "batch_norm2d": lambda s, **a: nn.BatchNorm2d(s[1], **a),
    "layer_norm": lambda s, **a: nn.LayerNorm(**a),
    "group_norm": lambda s, num_groups, **a: nn.GroupNorm(num_groups, s[1], **a),
    "max_pool2d": lambda s, **a: nn.MaxPool2d(**a),
    "avg_pool2d": lambda s, **a: nn.AvgPool2d(**a),
    "adaptive_avg_pool2d": lambda s, **a: nn.AdaptiveAvgPool2d(**a),
    "global_avg_pool": lambda s, **a: GlobalAvgPool(),
    "add": lambda s, **a: Add(),
    "concat": lambda s, **a: Concat(**a),
    "multiply": lambda s, **a: Multiply(),
    "pad": lambda s, **a: Pad(len(s), **a),
    "upsample": lambda s, **a: Upsample(**a),
    "check_size": lambda s, **a: CheckSize(**a),
    "pixel_shuffle": lambda s, **a: nn.PixelShuffle(**a),
    "pixel_unshuffle": lambda s, **a: nn.PixelUnshuffle(**a),
    "channel_shuffle": lambda s, **a: nn.ChannelShuffle(**a),
    "conv1d": lambda s, **a: nn.Conv1d(s[1], **a),
    "conv_transpose1d": lambda s, **a: nn.ConvTranspose1d(s[1], **a),
    "conv_transpose2d": lambda s, **a: nn.ConvTranspose2d(s[1], **a),
    "instance_norm1d": lambda s, **a: nn.InstanceNorm1d(s[1], **a),
    "instance_norm2d": lambda s, **a: nn.InstanceNorm2d(s[1], **a),
    "local_response_norm": lambda s, **a: nn.LocalResponseNorm(**a),
    "max_pool1d": lambda s, **a: nn.MaxPool1d(**a),
    "avg_pool1d": lambda s, **a: nn.AvgPool1d(**a),
    "adaptive_avg_pool1d": lambda s, **a: nn.AdaptiveAvgPool1d(**a),
    "adaptive_max_pool1d": lambda s, **a: nn.AdaptiveMaxPool1d(**a),
    "adaptive_max_pool2d": lambda s, **a: nn.AdaptiveMaxPool2d(**a),
    "layer_norm2d": lambda s, **a: LayerNorm2d(s[1], **a),
    "permute": lambda s, **a: Permute(**a),
    "transpose": lambda s, **a: Transpose(**a),
    "slice": lambda s, **a: Slice(**a),
    "mean": lambda s, **a: Reduce(torch.mean, **a),
    "sum": lambda s, **a: Reduce(torch.sum, **a),
    "max": lambda s, **a: Reduce(torch.amax, **a),
    "stochastic_depth": lambda s, **a: StochasticDepth(**a),
    "layer_scale": lambda s, **a: LayerScale(s, **a),
    "parameter": lambda s, **a: LearnedParameter(s, **a),
    "matmul": lambda s, **a: MatMul(),
    "prelu": lambda s, **a: nn.PReLU(**a),
    "glu": lambda s, **a: nn.GLU(**a),
    "multi_head_attention": lambda *s, **a: Attention(*s, **a),
    "embedding": lambda s, **a: Embedding(**a),
    "lstm": lambda s, **a: Recurrent(nn.LSTM, s[-1], **a),
    "gru": lambda s, **a: Recurrent(nn.GRU, s[-1], **a),
}
# Layers whose arguments depend on the shapes of all inputs.
ALL_SHAPES = {"multi_head_attention"}


def build(layer, arguments, shapes):
    used = shapes if layer in ALL_SHAPES else shapes[:1]
    return BUILD[layer](*used, **{name: pair(value) for name, value in arguments.items()})


def grid(tensor):
    """Multiples of 1/256, exact in float32."""
    return torch.round(tensor * 256) / 256


def tensor_json(tensor):
    return {"shape": list(tensor.shape), "data": tensor.detach().reshape(-1).tolist()}


def state(named):
    # A parameter that is the node itself has no name within it.
    return {"" if name == "bare" else name: tensor_json(value) for name, value in named}


def make_case(layer, name, arguments, shapes, training=False, inputs=None, buffers=None):
    generator = torch.Generator().manual_seed(zlib.crc32(f"{layer}/{name}".encode()))

    def draw(shape, scale=1.0):
        return grid(torch.randn(shape, generator=generator) * scale)

    xs = inputs if inputs is not None else [draw(shape, 1.5) for shape in shapes]
    xs = [x.clone().requires_grad_() for x in xs]
    module = build(layer, arguments, [list(x.shape) for x in xs]).train(training)
    with torch.no_grad():
        for key, parameter in module.named_parameters():
            norm = "norm" in layer and key == "weight"
            parameter.copy_(1 + draw(parameter.shape, 0.3) if norm else draw(parameter.shape, 0.5))
        for key, buffer in module.named_buffers():
            if key == "running_mean":
                buffer.copy_(draw(buffer.shape, 0.5))
            elif key == "running_var":
                buffer.copy_(grid(0.5 + torch.rand(buffer.shape, generator=generator)))
            elif key == "num_batches_tracked":
                buffer.fill_((buffers or {}).get(key, 3))
    before = state(module.named_buffers())
    parameters = state(module.named_parameters())
    output = module(*xs)
    grad_output = draw(output.shape)
    used = xs + list(module.parameters())
    grads = torch.autograd.grad(output, used, grad_output, materialize_grads=True)
    names = ["" if key == "bare" else key for key, _ in module.named_parameters()]
    return {
        "name": name,
        "arguments": arguments,
        "training": training,
        "inputs": [tensor_json(x) for x in xs],
        "parameters": parameters,
        "buffers": before,
        "output": tensor_json(output),
        "buffers_after": state(module.named_buffers()),
        "grad_output": tensor_json(grad_output),
        "grad_inputs": [tensor_json(g) for g in grads[: len(xs)]],
        "grad_parameters": {k: tensor_json(g) for k, g in zip(names, grads[len(xs):])},
    }


def make_error(layer, arguments, shapes, reason, training=False):
    stage = "construct"
    try:
        module = build(layer, arguments, shapes).train(training)
        stage = "forward"
        module(*[torch.zeros(shape) for shape in shapes])
    except (RuntimeError, ValueError, IndexError, TypeError, AssertionError,
            ZeroDivisionError) as error:
        message = str(error).splitlines()[0]
        return {
            "arguments": arguments, "input_shapes": shapes, "training": training,
            "stage": stage, "reason": reason, "message": message,
        }
    raise SystemExit(f"{layer} {arguments} {shapes}: PyTorch does not raise")


kinks = torch.tensor([[-3.0, -1.0, -0.0, 0.0, 0.00390625, 1.0, 3.0]])
extremes = torch.tensor([[-800.0, -100.0, -20.0, -5.0, 0.0, 5.0, 20.0, 100.0, 800.0]])
ties = torch.tensor([1, 1, 2, 2, 0, 1, 1, 2, 2, 0, 3, 3, 3, 3, 3, -1, -1, 3, 0, 0, -1, -2, 0, 0, 0],
                    dtype=torch.float64).reshape(1, 1, 5, 5)


def activations(arguments={}, **extra):
    return [
        dict(name="matrix", arguments=arguments, shapes=[[3, 5]]),
        dict(name="image_batch_of_one", arguments=arguments, shapes=[[1, 2, 3, 5]]),
        dict(name="around_zero", arguments=arguments, inputs=[kinks]),
        dict(name="large_and_small", arguments=arguments, inputs=[extremes]),
    ]


def case(name, arguments, *shapes, **more):
    return dict(name=name, arguments=arguments, shapes=[list(s) for s in shapes], **more)


def error(reason, arguments, *shapes, **more):
    return dict(reason=reason, arguments=arguments, shapes=[list(s) for s in shapes], **more)


def batch_norm(shape, one):
    """The cases both batch normalisations share; `shape` is an ordinary input, `one` has batch 1."""
    return [
        case("training_defaults", {}, shape, training=True),
        case("eval_defaults", {}, shape),
        case("training_eps_momentum", {"eps": 0.01, "momentum": 0.3}, shape, training=True),
        case("training_cumulative_average", {"momentum": None}, shape, training=True),
        case("training_first_cumulative_average", {"momentum": None}, shape, training=True,
             buffers={"num_batches_tracked": 0}),
        case("training_without_affine", {"affine": False}, shape, training=True),
        case("eval_without_affine_eps", {"affine": False, "eps": 0.001}, shape),
        case("training_untracked", {"track_running_stats": False}, shape, training=True),
        case("eval_untracked", {"track_running_stats": False}, shape),
        case("eval_batch_of_one", {}, one),
    ]


def instance_norm(shape, one):
    """The cases of instance normalisation; `shape` is an ordinary input, `one` has batch 1."""
    return [
        case("training_defaults", {}, shape, training=True),
        case("eval_defaults", {}, shape),
        case("affine", {"affine": True}, shape),
        case("training_affine_eps", {"affine": True, "eps": 0.01}, one, training=True),
        case("training_tracked", {"track_running_stats": True}, shape, training=True),
        case("training_tracked_momentum", {"track_running_stats": True, "momentum": 0.3,
                                           "affine": True}, shape, training=True),
        case("eval_tracked", {"track_running_stats": True, "affine": True}, shape),
    ]


adaptive1d = [
    case("one", {"output_size": 1}, [2, 3, 5]),
    case("divides", {"output_size": 2}, [1, 2, 6]),
    case("does_not_divide", {"output_size": 3}, [1, 2, 7]),
    case("larger_than_input", {"output_size": 5}, [1, 2, 3]),
]


CASES = {
    "flatten": [
        case("image", {}, [2, 3, 4, 5]),
        case("batch_of_one", {}, [1, 1, 3, 5]),
        case("already_flat", {}, [4, 7]),
        case("from_second", {"start_dim": 2}, [2, 3, 4, 5]),
        case("up_to_third", {"start_dim": 1, "end_dim": 2}, [2, 3, 2, 5]),
        case("negative", {"start_dim": -3, "end_dim": -2}, [2, 3, 2, 5]),
        case("one_dimension", {"start_dim": 2, "end_dim": 2}, [2, 3, 4]),
    ],
    "reshape": [
        case("image_to_vector", {"shape": [12]}, [2, 3, 2, 2]),
        case("vector_to_image", {"shape": [1, 3, 5]}, [2, 15]),
        case("inferred", {"shape": [3, -1]}, [1, 2, 3, 5]),
        case("inferred_first", {"shape": [-1, 2, 2]}, [3, 12]),
        case("same", {"shape": [4]}, [5, 4]),
    ],
    "identity": [
        case("matrix", {}, [3, 5]),
        case("image", {}, [1, 2, 3, 3]),
        case("vector", {}, [4]),
    ],
    "linear": [
        case("plain", {"out_features": 4}, [3, 7]),
        case("without_bias", {"out_features": 5, "bias": False}, [2, 3]),
        case("batch_of_one", {"out_features": 3}, [1, 6]),
        case("one_feature", {"out_features": 1}, [4, 1]),
        case("last_dimension_of_three", {"out_features": 3}, [2, 3, 4]),
        case("last_dimension_of_four", {"out_features": 2, "bias": False}, [1, 2, 3, 5]),
    ],
    "relu": activations(),
    "leaky_relu": activations() + [
        case("slope", {"negative_slope": 0.25}, [2, 7]),
        case("slope_zero", {"negative_slope": 0.0}, [2, 7]),
        dict(name="slope_around_zero", arguments={"negative_slope": 0.5}, inputs=[kinks]),
    ],
    "gelu": activations() + [
        dict(item, name="tanh_" + item["name"]) for item in activations({"approximate": "tanh"})
    ],
    "silu": activations(),
    "hardswish": activations(),
    "relu6": activations(),
    "hardsigmoid": activations(),
    "selu": activations(),
    "mish": activations(),
    "elu": activations() + [case("alpha", {"alpha": 0.5}, [2, 7])],
    # Its threshold is at 20, where the derivative jumps.
    "softplus": activations()[:-1] + [
        dict(name="large_and_small", arguments={}, inputs=[extremes + 0.5]),
        case("beta_and_threshold", {"beta": 2.0, "threshold": 1.5}, [2, 7]),
    ],
    "sigmoid": activations(),
    "tanh": activations(),
    "softmax": [
        case("last", {"dim": -1}, [3, 5]),
        case("classes", {"dim": 1}, [1, 10]),
        case("channels", {"dim": 1}, [2, 3, 2, 3]),
        case("rows", {"dim": 2}, [1, 2, 3, 4]),
        case("one_class", {"dim": 1}, [3, 1]),
        dict(name="overflowing_exponents", arguments={"dim": 1},
             inputs=[torch.tensor([[1000.0, 999.0, -1000.0], [0.0, 0.0, 0.0]])]),
    ],
    "log_softmax": [
        case("last", {"dim": -1}, [3, 5]),
        case("classes", {"dim": 1}, [1, 10]),
        case("channels", {"dim": 1}, [2, 3, 2, 3]),
        case("rows", {"dim": 2}, [1, 2, 3, 4]),
        case("one_class", {"dim": 1}, [3, 1]),
        dict(name="overflowing_exponents", arguments={"dim": 1},
             inputs=[torch.tensor([[1000.0, 999.0, -1000.0], [0.0, 0.0, 0.0]])]),
    ],
    "dropout": [
        case("eval_default", {}, [3, 5]),
        case("eval_p", {"p": 0.2}, [1, 7]),
        case("eval_image", {"p": 0.75}, [2, 2, 3, 3]),
        case("eval_zero", {"p": 0.0}, [2, 3]),
        case("eval_one", {"p": 1.0}, [2, 3]),
    ],
    "dropout2d": [
        case("eval_default", {}, [2, 3, 3, 2]),
        case("eval_p", {"p": 0.2}, [1, 2, 3, 5]),
        case("eval_one", {"p": 1.0}, [2, 1, 2, 2]),
    ],
    "conv2d": [
        case("plain", {"out_channels": 3, "kernel_size": 3}, [2, 2, 5, 6]),
        case("padding_stride", {"out_channels": 2, "kernel_size": 3, "stride": 2, "padding": 1},
             [1, 3, 7, 5]),
        case("all_pairs", {"out_channels": 2, "kernel_size": [3, 2], "stride": [2, 1],
                           "padding": [0, 2], "dilation": [1, 2], "bias": False}, [2, 2, 7, 6]),
        case("stride_larger_than_kernel", {"out_channels": 2, "kernel_size": 2, "stride": 3},
             [1, 1, 9, 8]),
        case("same", {"out_channels": 3, "kernel_size": 3, "padding": "same"}, [2, 2, 5, 4]),
        case("same_even_kernel", {"out_channels": 2, "kernel_size": [2, 4], "padding": "same"},
             [1, 2, 5, 6]),
        case("same_dilation", {"out_channels": 2, "kernel_size": [3, 2], "padding": "same",
                               "dilation": [2, 3], "bias": False}, [1, 1, 6, 7]),
        case("valid_dilation", {"out_channels": 2, "kernel_size": 3, "padding": "valid",
                                "dilation": 2, "stride": 2}, [1, 2, 8, 7]),
        case("groups", {"out_channels": 6, "kernel_size": 3, "padding": 1, "groups": 2},
             [2, 4, 4, 3]),
        case("depthwise", {"out_channels": 3, "kernel_size": 3, "padding": 1, "groups": 3,
                           "bias": False}, [1, 3, 5, 5]),
        case("depthwise_multiplier", {"out_channels": 4, "kernel_size": 2, "groups": 2,
                                      "stride": 2}, [2, 2, 5, 4]),
        case("pointwise", {"out_channels": 5, "kernel_size": 1}, [1, 3, 2, 3]),
        case("kernel_fills_padded_input", {"out_channels": 2, "kernel_size": 5, "padding": 1},
             [1, 1, 3, 3]),
    ],
    "batch_norm1d": batch_norm([5, 3], [1, 3]) + [
        case("training_sequence", {}, [2, 3, 4], training=True),
        case("eval_sequence", {}, [2, 3, 4]),
        case("training_sequence_batch_of_one", {"momentum": 1.0}, [1, 2, 5], training=True),
        case("training_two_samples_momentum_zero", {"momentum": 0.0}, [2, 4], training=True),
    ],
    "batch_norm2d": batch_norm([2, 3, 3, 2], [1, 3, 2, 2]) + [
        case("training_batch_of_one", {}, [1, 2, 3, 3], training=True),
        case("training_one_pixel", {}, [4, 2, 1, 1], training=True),
    ],
    "layer_norm": [
        case("last", {"normalized_shape": [6]}, [3, 6]),
        case("integer", {"normalized_shape": 5}, [2, 3, 5]),
        case("two_dimensions", {"normalized_shape": [3, 4]}, [2, 3, 4]),
        case("whole_image", {"normalized_shape": [2, 3, 3]}, [1, 2, 3, 3]),
        case("last_of_image_eps", {"normalized_shape": [4], "eps": 0.1}, [1, 2, 3, 4]),
        case("without_affine", {"normalized_shape": [4], "elementwise_affine": False}, [3, 4]),
        case("one_feature", {"normalized_shape": [1]}, [3, 1]),
    ],
    "group_norm": [
        case("two_groups", {"num_groups": 2}, [2, 4, 3, 2]),
        case("one_group", {"num_groups": 1}, [1, 3, 3, 3]),
        case("a_group_a_channel", {"num_groups": 3}, [2, 3, 2, 3]),
        case("vectors", {"num_groups": 2}, [3, 6]),
        case("sequence_eps", {"num_groups": 2, "eps": 0.01}, [2, 4, 5]),
        case("without_affine", {"num_groups": 2, "affine": False}, [1, 4, 3, 3]),
        case("training_is_the_same", {"num_groups": 2}, [2, 4, 1, 3], training=True),
    ],
    "max_pool2d": [
        case("plain", {"kernel_size": 2}, [2, 2, 4, 6]),
        case("odd_input", {"kernel_size": 2}, [1, 1, 5, 7]),
        case("odd_input_ceil", {"kernel_size": 2, "ceil_mode": True}, [1, 1, 5, 7]),
        case("overlapping_padding", {"kernel_size": 3, "stride": 2, "padding": 1}, [1, 2, 7, 6]),
        case("stride_larger_than_kernel", {"kernel_size": 2, "stride": 3}, [1, 1, 8, 7]),
        case("stride_larger_than_kernel_ceil", {"kernel_size": 2, "stride": 3, "ceil_mode": True},
             [1, 1, 9, 7]),
        case("ceil_last_window_would_start_in_padding",
             {"kernel_size": 2, "stride": 3, "padding": 1, "ceil_mode": True}, [1, 1, 4, 5]),
        case("dilation", {"kernel_size": 2, "stride": 1, "dilation": 3}, [1, 2, 6, 5]),
        case("all_pairs", {"kernel_size": [3, 2], "stride": [1, 2], "padding": [1, 0],
                           "dilation": [2, 1], "ceil_mode": True}, [2, 1, 6, 5]),
        dict(name="ties_go_to_the_first", arguments={"kernel_size": 3, "stride": 2}, inputs=[ties]),
        dict(name="negative_values_beside_padding",
             arguments={"kernel_size": 3, "stride": 2, "padding": 1}, inputs=[ties - 5]),
    ],
    "avg_pool2d": [
        case("plain", {"kernel_size": 2}, [2, 2, 4, 6]),
        case("odd_input", {"kernel_size": [2, 3]}, [1, 1, 5, 7]),
        case("odd_input_ceil", {"kernel_size": 2, "ceil_mode": True}, [1, 1, 5, 7]),
        case("padding_counted", {"kernel_size": 3, "stride": 2, "padding": 1}, [1, 2, 5, 6]),
        case("padding_not_counted", {"kernel_size": 3, "stride": 2, "padding": 1,
                                     "count_include_pad": False}, [1, 2, 5, 6]),
        case("ceil_padding_counted", {"kernel_size": 3, "stride": 2, "padding": 1,
                                      "ceil_mode": True}, [1, 1, 6, 4]),
        case("ceil_padding_not_counted", {"kernel_size": 3, "stride": 2, "padding": 1,
                                          "ceil_mode": True, "count_include_pad": False},
             [1, 1, 6, 4]),
        case("ceil_last_window_would_start_in_padding",
             {"kernel_size": 2, "stride": 3, "padding": 1, "ceil_mode": True}, [1, 1, 4, 5]),
        case("stride_larger_than_kernel", {"kernel_size": 2, "stride": 3}, [1, 1, 8, 7]),
        case("pairs", {"kernel_size": [3, 2], "stride": [1, 2], "padding": [1, 0]}, [2, 1, 4, 5]),
    ],
    "adaptive_avg_pool2d": [
        case("one", {"output_size": 1}, [2, 3, 4, 5]),
        case("divides", {"output_size": 2}, [1, 2, 4, 6]),
        case("does_not_divide", {"output_size": 3}, [1, 2, 5, 7]),
        case("pair", {"output_size": [2, 3]}, [2, 1, 5, 4]),
        case("larger_than_input", {"output_size": [5, 3]}, [1, 1, 3, 2]),
        case("same", {"output_size": [3, 5]}, [1, 1, 3, 5]),
    ],
    "global_avg_pool": [
        case("image", {}, [2, 3, 4, 5]),
        case("batch_of_one", {}, [1, 2, 3, 3]),
        case("one_pixel", {}, [3, 2, 1, 1]),
        case("not_square", {}, [2, 1, 1, 7]),
    ],
    "add": [
        case("two", {}, [3, 5], [3, 5]),
        case("three", {}, [2, 2, 3, 3], [2, 2, 3, 3], [2, 2, 3, 3]),
        case("batch_of_one", {}, [1, 3, 2, 5], [1, 3, 2, 5]),
        case("broadcast_channels", {}, [2, 3, 2, 3], [2, 3, 1, 1]),
    ],
    "concat": [
        case("vectors", {}, [2, 3], [2, 5]),
        case("channels_of_three", {"dim": 1}, [2, 1, 2, 3], [2, 2, 2, 3], [2, 3, 2, 3]),
        case("rows", {"dim": 2}, [1, 2, 1, 3], [1, 2, 4, 3]),
        case("last", {"dim": -1}, [2, 2, 3], [2, 2, 1]),
        case("one_input", {}, [2, 3]),
    ],
    "multiply": [
        case("two", {}, [3, 5], [3, 5]),
        case("three", {}, [1, 2, 3, 3], [1, 2, 3, 3], [1, 2, 3, 3]),
        case("image", {}, [2, 2, 3, 2], [2, 2, 3, 2]),
        case("broadcast_channels", {}, [2, 3, 2, 3], [2, 3, 1, 1]),
        case("squeeze_and_excitation_first", {}, [2, 3, 1, 1], [2, 3, 4, 2], [2, 1, 4, 2]),
    ],
    "pad": [
        case("all_sides", {"pad": 1}, [2, 2, 3, 4]),
        case("all_sides_value", {"pad": 2, "value": -1.5}, [1, 1, 2, 3]),
        case("left_right", {"pad": [1, 2]}, [2, 1, 2, 3]),
        case("four_sides", {"pad": [1, 0, 2, 3], "value": 0.25}, [1, 2, 2, 3]),
        case("channels", {"pad": [0, 0, 0, 0, 1, 2]}, [2, 2, 2, 3]),
        case("everything", {"pad": [1, 2, 0, 1, 2, 1], "value": 3.0}, [1, 2, 2, 3]),
        case("crop", {"pad": [-1, -2, 0, -1]}, [2, 2, 3, 5]),
        case("crop_one_side", {"pad": [-2, 3], "value": 0.5}, [1, 2, 2, 4]),
        case("vector", {"pad": [1, 2]}, [3, 4]),
        case("vector_both_ends", {"pad": 2}, [2, 3]),
        case("sequence", {"pad": 2}, [2, 3, 4]),
        case("sequence_channels", {"pad": [1, 0, 2, 1]}, [2, 3, 4]),
        case("reflect", {"pad": 2, "mode": "reflect"}, [2, 2, 3, 4]),
        case("reflect_four_sides", {"pad": [1, 3, 2, 0], "mode": "reflect"}, [1, 2, 3, 4]),
        case("reflect_right_only", {"pad": [0, 2], "mode": "reflect"}, [1, 2, 3, 4]),
        case("reflect_channels", {"pad": [1, 0, 0, 2, 2, 1], "mode": "reflect"}, [2, 3, 3, 2]),
        case("reflect_sequence", {"pad": [3, 1], "mode": "reflect"}, [2, 2, 4]),
        case("reflect_vector", {"pad": [2, 1], "mode": "reflect"}, [2, 3]),
        case("replicate", {"pad": 2, "mode": "replicate"}, [2, 2, 2, 3]),
        case("replicate_beyond_the_size", {"pad": [5, 1, 0, 4], "mode": "replicate"}, [1, 2, 1, 3]),
        case("replicate_channels", {"pad": [1, 0, 0, 2, 3, 1], "mode": "replicate"}, [2, 2, 2, 2]),
        case("replicate_sequence", {"pad": [0, 3], "mode": "replicate"}, [2, 2, 3]),
        case("circular", {"pad": 2, "mode": "circular"}, [2, 2, 3, 4]),
        case("circular_whole", {"pad": [4, 4, 3, 0], "mode": "circular"}, [1, 2, 3, 4]),
        case("circular_channels", {"pad": [1, 0, 0, 2, 2, 1], "mode": "circular"}, [2, 2, 2, 3]),
        case("circular_sequence", {"pad": [1, 2], "mode": "circular"}, [2, 2, 3]),
    ],
    "check_size": [
        case("multiples", {"multiple_of": 2}, [2, 3, 4, 6]),
        case("one", {"multiple_of": 1}, [1, 2, 3, 5]),
    ],
    "upsample": [
        case("nearest", {"scale_factor": 2}, [2, 2, 2, 3]),
        case("nearest_pair", {"scale_factor": [2, 3]}, [1, 2, 2, 2]),
        case("nearest_fraction", {"scale_factor": 1.5}, [1, 2, 3, 5]),
        case("nearest_reduced", {"scale_factor": 0.4}, [1, 2, 6, 5]),
        case("nearest_size", {"size": [5, 7]}, [2, 1, 3, 4]),
        case("nearest_smaller_size", {"size": 2}, [1, 2, 5, 3]),
        case("nearest_sequence", {"scale_factor": 3}, [2, 2, 4]),
        case("nearest_sequence_size", {"size": 7}, [2, 2, 4]),
        case("bilinear", {"scale_factor": 2, "mode": "bilinear"}, [2, 2, 3, 2]),
        case("bilinear_aligned", {"scale_factor": 2, "mode": "bilinear", "align_corners": True},
             [1, 2, 3, 4]),
        case("bilinear_pair", {"scale_factor": [1.5, 2.5], "mode": "bilinear"}, [1, 2, 3, 3]),
        case("bilinear_fraction", {"scale_factor": 1.7, "mode": "bilinear",
                                   "align_corners": False}, [1, 1, 4, 3]),
        case("bilinear_size", {"size": [7, 5], "mode": "bilinear"}, [2, 1, 3, 4]),
        case("bilinear_size_aligned", {"size": [7, 5], "mode": "bilinear", "align_corners": True},
             [1, 2, 3, 4]),
        case("bilinear_reduced", {"size": [2, 3], "mode": "bilinear"}, [1, 2, 5, 7]),
        case("bilinear_like", {"mode": "bilinear"}, [2, 2, 3, 4], [2, 1, 7, 5]),
        case("bilinear_like_aligned", {"mode": "bilinear", "align_corners": True}, [1, 2, 3, 2],
             [1, 3, 5, 5]),
        case("bilinear_of_one_pixel_like", {"mode": "bilinear"}, [2, 2, 1, 1], [2, 3, 3, 2]),
        case("nearest_like", {}, [2, 2, 3, 2], [2, 1, 4, 7]),
        case("linear_like", {"mode": "linear"}, [1, 2, 3], [1, 4, 7]),
        case("bilinear_one_pixel_aligned", {"size": 1, "mode": "bilinear", "align_corners": True},
             [1, 2, 3, 4]),
        case("bilinear_from_one_pixel", {"size": 3, "mode": "bilinear"}, [1, 2, 1, 1]),
        case("linear", {"scale_factor": 2.5, "mode": "linear"}, [2, 2, 4]),
        case("linear_aligned", {"size": 7, "mode": "linear", "align_corners": True}, [2, 2, 4]),
    ],
    "pixel_shuffle": [
        case("two", {"upscale_factor": 2}, [2, 8, 2, 3]),
        case("three", {"upscale_factor": 3}, [1, 9, 1, 2]),
        case("one", {"upscale_factor": 1}, [1, 2, 3, 2]),
    ],
    "pixel_unshuffle": [
        case("two", {"downscale_factor": 2}, [2, 2, 4, 6]),
        case("three", {"downscale_factor": 3}, [1, 1, 3, 6]),
        case("one", {"downscale_factor": 1}, [1, 2, 3, 2]),
    ],
    "channel_shuffle": [
        case("two_groups", {"groups": 2}, [2, 6, 2, 3]),
        case("three_groups", {"groups": 3}, [1, 6, 3, 1]),
        case("as_many_as_channels", {"groups": 4}, [1, 4, 2, 2]),
        case("one_group", {"groups": 1}, [1, 4, 2, 2]),
        case("sequence", {"groups": 2}, [2, 4, 3]),
    ],
    "conv1d": [
        case("plain", {"out_channels": 3, "kernel_size": 3}, [2, 2, 7]),
        case("padding_stride", {"out_channels": 2, "kernel_size": 3, "stride": 2, "padding": 1},
             [1, 3, 8]),
        case("dilation", {"out_channels": 2, "kernel_size": 3, "dilation": 2, "bias": False},
             [2, 2, 9]),
        case("same", {"out_channels": 3, "kernel_size": 3, "padding": "same"}, [2, 2, 5]),
        case("same_even_kernel", {"out_channels": 2, "kernel_size": 4, "padding": "same"},
             [1, 2, 6]),
        case("same_dilation", {"out_channels": 2, "kernel_size": 2, "padding": "same",
                               "dilation": 3}, [1, 2, 7]),
        case("valid", {"out_channels": 2, "kernel_size": 3, "padding": "valid", "stride": 2},
             [1, 2, 8]),
        case("groups", {"out_channels": 6, "kernel_size": 3, "padding": 1, "groups": 2},
             [2, 4, 5]),
        case("depthwise", {"out_channels": 3, "kernel_size": 3, "groups": 3, "bias": False},
             [1, 3, 5]),
        case("pointwise", {"out_channels": 5, "kernel_size": 1}, [1, 3, 4]),
    ],
    "conv_transpose1d": [
        case("plain", {"out_channels": 3, "kernel_size": 3}, [2, 2, 5]),
        case("stride", {"out_channels": 2, "kernel_size": 4, "stride": 2, "padding": 1}, [1, 3, 5]),
        case("output_padding", {"out_channels": 2, "kernel_size": 3, "stride": 3, "padding": 1,
                                "output_padding": 2}, [2, 2, 4]),
        case("output_padding_by_dilation", {"out_channels": 2, "kernel_size": 3, "dilation": 2,
                                            "output_padding": 1}, [1, 2, 4]),
        case("groups_without_bias", {"out_channels": 6, "kernel_size": 3, "groups": 2,
                                     "bias": False}, [2, 4, 4]),
        case("kernel_smaller_than_stride", {"out_channels": 2, "kernel_size": 2, "stride": 3},
             [1, 2, 4]),
    ],
    "conv_transpose2d": [
        case("plain", {"out_channels": 3, "kernel_size": 3}, [2, 2, 3, 4]),
        case("doubling", {"out_channels": 2, "kernel_size": 2, "stride": 2}, [1, 3, 3, 2]),
        case("doubling_by_four", {"out_channels": 2, "kernel_size": 4, "stride": 2, "padding": 1},
             [1, 2, 3, 3]),
        case("output_padding", {"out_channels": 2, "kernel_size": 3, "stride": 2, "padding": 1,
                                "output_padding": 1}, [2, 2, 3, 2]),
        case("all_pairs", {"out_channels": 2, "kernel_size": [3, 2], "stride": [2, 1],
                           "padding": [1, 0], "output_padding": [1, 0], "dilation": [1, 2],
                           "bias": False}, [1, 2, 3, 3]),
        case("output_padding_by_dilation", {"out_channels": 2, "kernel_size": 2, "dilation": 3,
                                            "output_padding": [2, 1]}, [1, 1, 3, 2]),
        case("groups", {"out_channels": 6, "kernel_size": 3, "stride": 2, "groups": 2},
             [2, 4, 2, 3]),
        case("depthwise", {"out_channels": 3, "kernel_size": 4, "stride": 2, "padding": 1,
                           "groups": 3, "bias": False}, [1, 3, 3, 3]),
        case("pointwise", {"out_channels": 5, "kernel_size": 1}, [1, 3, 2, 3]),
        case("kernel_smaller_than_stride", {"out_channels": 2, "kernel_size": 1, "stride": 2},
             [1, 2, 3, 2]),
    ],
    "instance_norm1d": instance_norm([2, 3, 5], [1, 2, 4]),
    "instance_norm2d": instance_norm([2, 3, 3, 2], [1, 2, 2, 3]),
    "local_response_norm": [
        case("plain", {"size": 2}, [2, 4, 2, 3]),
        case("odd", {"size": 3, "alpha": 0.5}, [1, 5, 3, 2]),
        case("alexnet", {"size": 5, "alpha": 0.0001, "beta": 0.75, "k": 2.0}, [2, 7, 2, 2]),
        case("all_arguments", {"size": 4, "alpha": 1.5, "beta": 0.5, "k": 0.25}, [1, 6, 2, 3]),
        case("more_than_the_channels", {"size": 7, "alpha": 0.5}, [1, 3, 2, 2]),
        case("sequence", {"size": 3, "alpha": 0.5}, [2, 4, 3]),
        case("one", {"size": 1, "alpha": 0.5}, [1, 2, 2, 2]),
    ],
    "max_pool1d": [
        case("plain", {"kernel_size": 2}, [2, 2, 6]),
        case("odd_input", {"kernel_size": 2}, [1, 1, 7]),
        case("odd_input_ceil", {"kernel_size": 2, "ceil_mode": True}, [1, 1, 7]),
        case("overlapping_padding", {"kernel_size": 3, "stride": 2, "padding": 1}, [1, 2, 7]),
        case("ceil_last_window_would_start_in_padding",
             {"kernel_size": 2, "stride": 3, "padding": 1, "ceil_mode": True}, [1, 1, 5]),
        case("dilation", {"kernel_size": 2, "stride": 1, "dilation": 3}, [1, 2, 6]),
        dict(name="ties_go_to_the_first", arguments={"kernel_size": 3, "stride": 2},
             inputs=[ties[:, 0]]),
        dict(name="negative_values_beside_padding",
             arguments={"kernel_size": 3, "stride": 2, "padding": 1}, inputs=[ties[:, 0] - 5]),
    ],
    "avg_pool1d": [
        case("plain", {"kernel_size": 2}, [2, 2, 6]),
        case("odd_input_ceil", {"kernel_size": 2, "ceil_mode": True}, [1, 1, 7]),
        case("padding_counted", {"kernel_size": 3, "stride": 2, "padding": 1}, [1, 2, 6]),
        case("padding_not_counted", {"kernel_size": 3, "stride": 2, "padding": 1,
                                     "count_include_pad": False}, [1, 2, 6]),
        case("ceil_padding_not_counted", {"kernel_size": 3, "stride": 2, "padding": 1,
                                          "ceil_mode": True, "count_include_pad": False},
             [1, 1, 6]),
        case("stride_larger_than_kernel", {"kernel_size": 2, "stride": 3}, [1, 1, 8]),
    ],
    "adaptive_avg_pool1d": adaptive1d,
    "adaptive_max_pool1d": adaptive1d,
    "adaptive_max_pool2d": [
        case("one", {"output_size": 1}, [2, 3, 4, 5]),
        case("divides", {"output_size": 2}, [1, 2, 4, 6]),
        case("does_not_divide", {"output_size": 3}, [1, 2, 5, 7]),
        case("pair", {"output_size": [2, 3]}, [2, 1, 5, 4]),
        case("larger_than_input", {"output_size": [5, 3]}, [1, 1, 3, 2]),
        dict(name="ties_go_to_the_first", arguments={"output_size": 2}, inputs=[ties]),
    ],
    "layer_norm2d": [
        case("default", {}, [2, 3, 4, 5]),
        case("eps", {"eps": 0.01}, [1, 4, 2, 2]),
        case("without_bias", {"bias": False}, [2, 3, 2, 1]),
        case("without_affine", {"elementwise_affine": False}, [2, 3, 2, 2]),
        case("training_is_the_same", {}, [2, 2, 3, 1], training=True),
    ],
    "permute": [
        case("channels_last", {"dims": [2, 3, 1]}, [2, 3, 4, 5]),
        case("with_the_batch", {"dims": [0, 3, 1, 2]}, [2, 3, 4, 5]),
        case("negative", {"dims": [0, -1, 1]}, [3, 2, 4]),
        case("same", {"dims": [1]}, [2, 3]),
    ],
    "transpose": [
        case("default", {}, [2, 3, 4]),
        case("image", {"dim0": 1, "dim1": 3}, [2, 3, 2, 4]),
        case("negative", {"dim0": -1, "dim1": -3}, [1, 3, 2, 4]),
    ],
    "slice": [
        case("first", {"end": 1}, [2, 3, 4]),
        case("from_start", {"start": 2}, [3, 5]),
        case("step", {"dim": 2, "start": 1, "end": 6, "step": 2}, [2, 2, 7]),
        case("step_beyond_the_end", {"step": 10}, [2, 3]),
        case("negative", {"dim": -1, "start": -3, "end": -1}, [2, 2, 2, 4]),
        case("whole", {}, [2, 3]),
    ],
    "mean": [
        case("one", {"dim": 1}, [2, 3, 4]),
        case("image", {"dim": [2, 3]}, [2, 3, 4, 5]),
        case("keepdim", {"dim": [2, 3], "keepdim": True}, [2, 3, 2, 2]),
        case("negative", {"dim": [-1]}, [3, 4]),
    ],
    "sum": [
        case("one", {"dim": 1}, [2, 3, 4]),
        case("two", {"dim": [1, -1]}, [2, 3, 4, 2]),
        case("keepdim", {"dim": 1, "keepdim": True}, [3, 4]),
    ],
    "max": [
        case("one", {"dim": 1}, [2, 3, 4]),
        case("image", {"dim": [2, 3]}, [2, 2, 3, 4]),
        case("keepdim", {"dim": 2, "keepdim": True}, [2, 3, 4]),
        dict(name="ties_share_the_gradient", arguments={"dim": [2, 3]}, inputs=[ties]),
    ],
    "stochastic_depth": [
        case("eval_row", {"p": 0.2}, [3, 2, 2, 3]),
        case("eval_batch", {"p": 0.5, "mode": "batch"}, [2, 4]),
        case("eval_one", {"p": 1.0}, [2, 3, 4]),
    ],
    "layer_scale": [
        case("image", {}, [2, 3, 4, 5]),
        case("tokens", {"init_value": 0.1, "dim": -1}, [2, 3, 4]),
        case("vector", {"init_value": 1.0}, [3, 5]),
        case("sequence", {"dim": 1}, [1, 3, 4]),
    ],
    "parameter": [
        case("class_token", {"shape": [1, 4]}, [2, 3, 4]),
        case("positions", {"init": {"normal": 0.02}}, [3, 2, 4]),
        case("without_batch", {"shape": [5], "batch_dim": False}, [2, 3]),
    ],
    "matmul": [
        case("matrices", {}, [2, 3, 4], [2, 4, 5]),
        case("heads", {}, [2, 2, 3, 4], [2, 2, 4, 2]),
        case("broadcast", {}, [2, 1, 3, 2], [2, 3, 2, 3]),
        case("row_and_column", {}, [3, 1, 4], [3, 4, 1]),
    ],
    "prelu": [
        case("one_slope", {}, [3, 5]),
        case("a_slope_a_channel", {"num_parameters": 3}, [2, 3, 2, 4]),
        case("vectors", {"num_parameters": 4, "init": 0.1}, [3, 4]),
        dict(name="around_zero", arguments={}, inputs=[kinks]),
    ],
    "glu": [
        case("last", {}, [3, 6]),
        case("channels", {"dim": 1}, [2, 4, 3, 2]),
        case("negative", {"dim": -2}, [1, 2, 3]),
    ],
    "multi_head_attention": [
        case("self", {"num_heads": 2}, [2, 3, 4]),
        case("one_head", {"num_heads": 1}, [1, 5, 3]),
        case("without_bias", {"num_heads": 2, "bias": False}, [2, 3, 4]),
        case("causal", {"num_heads": 2, "is_causal": True}, [2, 4, 4]),
        case("dropout_eval", {"num_heads": 2, "dropout": 0.5}, [2, 3, 4]),
        case("training", {"num_heads": 3}, [2, 3, 6], training=True),
        case("memory", {"num_heads": 2}, [2, 3, 4], [2, 5, 4]),
        case("query_key_value", {"num_heads": 2}, [2, 3, 4], [2, 5, 4], [2, 5, 4]),
        case("other_sizes", {"num_heads": 2}, [2, 3, 4], [2, 5, 3], [2, 5, 6]),
        case("other_sizes_without_bias", {"num_heads": 1, "bias": False}, [1, 2, 3], [1, 4, 2]),
    ],
    "embedding": [
        dict(name="sequence", arguments={"num_embeddings": 5, "embedding_dim": 3},
             inputs=[torch.tensor([[0.0, 4.0, 2.0], [2.0, 2.0, 1.0]])]),
        dict(name="padding", arguments={"num_embeddings": 4, "embedding_dim": 2, "padding_idx": 1},
             inputs=[torch.tensor([[0.0, 1.0], [1.0, 3.0]])]),
        dict(name="negative_padding",
             arguments={"num_embeddings": 4, "embedding_dim": 2, "padding_idx": -1},
             inputs=[torch.tensor([[3.0], [2.0]])]),
        dict(name="one_row", arguments={"num_embeddings": 1, "embedding_dim": 2},
             inputs=[torch.tensor([[[0.0, 0.0]]])]),
    ],
} | {
    layer: [
        case("plain", {"hidden_size": 3}, [2, 4, 2]),
        case("last", {"hidden_size": 3, "output": "last"}, [2, 4, 2]),
        case("without_bias", {"hidden_size": 2, "bias": False}, [1, 3, 3]),
        case("two_layers", {"hidden_size": 2, "num_layers": 2}, [2, 3, 3]),
        case("bidirectional", {"hidden_size": 2, "bidirectional": True}, [2, 3, 2]),
        case("bidirectional_last",
             {"hidden_size": 2, "bidirectional": True, "num_layers": 2, "output": "last"},
             [2, 3, 2]),
        case("dropout_eval", {"hidden_size": 2, "num_layers": 3, "dropout": 0.5}, [2, 2, 2]),
        case("training", {"hidden_size": 3, "num_layers": 2}, [2, 3, 2], training=True),
        case("one_step", {"hidden_size": 2}, [1, 1, 4]),
    ]
    for layer in ("lstm", "gru")
}

not_an_image = "the input has no channels, rows and columns"
pool_errors = [
    error("the kernel is larger than the input", {"kernel_size": 4}, [1, 1, 3, 5]),
    error("padding is more than half the kernel", {"kernel_size": 2, "padding": 2}, [1, 1, 8, 8]),
    error("the kernel has no size", {"kernel_size": 0}, [1, 1, 8, 8]),
    error("a stride of zero", {"kernel_size": 2, "stride": 0}, [1, 1, 8, 8]),
    error(not_an_image, {"kernel_size": 2}, [4, 8]),
]

pool1d_errors = [
    error("the kernel is longer than the input", {"kernel_size": 4}, [1, 1, 3]),
    error("padding is more than half the kernel", {"kernel_size": 2, "padding": 2}, [1, 1, 8]),
    error("the kernel has no size", {"kernel_size": 0}, [1, 1, 8]),
    error("a stride of zero", {"kernel_size": 2, "stride": 0}, [1, 1, 8]),
    error("an image", {"kernel_size": 2}, [2, 3, 4, 4]),
]
adaptive1d_errors = [
    error("an image", {"output_size": 2}, [2, 3, 4, 4]),
    error("a negative size", {"output_size": -1}, [1, 1, 4]),
]

ERRORS = {
    "flatten": [
        error("no such dimension", {"start_dim": 4}, [2, 3, 4, 5]),
        error("no such dimension", {"end_dim": 4}, [2, 3, 4, 5]),
        error("start_dim after end_dim", {"start_dim": 3, "end_dim": 2}, [2, 3, 4, 5]),
        error("no dimension beside the batch", {}, [2]),
    ],
    "reshape": [
        error("the sizes differ", {"shape": [5]}, [2, 3, 4]),
        error("the rest does not divide", {"shape": [5, -1]}, [2, 3, 4]),
        error("two inferred sizes", {"shape": [-1, -1]}, [2, 12]),
        error("a negative size", {"shape": [-3, -4]}, [2, 12]),
    ],
    "linear": [
        error("a negative size", {"out_features": -1}, [2, 3]),
    ],
    "gelu": [
        error("approximate is none or tanh", {"approximate": "erf"}, [2, 3]),
    ],
    "softmax": [
        error("no such dimension", {"dim": 2}, [2, 3]),
        error("no such dimension", {"dim": -3}, [2, 3]),
    ],
    "log_softmax": [
        error("no such dimension", {"dim": 2}, [2, 3]),
        error("no such dimension", {"dim": -3}, [2, 3]),
    ],
    "dropout": [
        error("p is not a probability", {"p": -0.1}, [2, 3]),
        error("p is not a probability", {"p": 1.5}, [2, 3]),
    ],
    "dropout2d": [
        error("p is not a probability", {"p": -0.1}, [2, 3, 4, 4]),
        error("p is not a probability", {"p": 1.5}, [2, 3, 4, 4]),
    ],
    "conv2d": [
        error("the kernel is larger than the padded input", {"out_channels": 2, "kernel_size": 5},
              [1, 1, 4, 6]),
        error("the dilated kernel is larger than the padded input",
              {"out_channels": 2, "kernel_size": 3, "dilation": 3}, [1, 1, 6, 8]),
        error("groups do not divide the input's channels",
              {"out_channels": 4, "kernel_size": 1, "groups": 2}, [1, 3, 4, 4]),
        error("groups do not divide the output's channels",
              {"out_channels": 3, "kernel_size": 1, "groups": 2}, [1, 4, 4, 4]),
        error("groups is not positive", {"out_channels": 3, "kernel_size": 1, "groups": 0},
              [1, 4, 4, 4]),
        error("same padding with a stride",
              {"out_channels": 2, "kernel_size": 3, "padding": "same", "stride": 2}, [1, 1, 8, 8]),
        error("padding is neither same nor valid",
              {"out_channels": 2, "kernel_size": 3, "padding": "full"}, [1, 1, 8, 8]),
        error("a stride of zero", {"out_channels": 2, "kernel_size": 3, "stride": 0}, [1, 1, 8, 8]),
        error("a dilation of zero", {"out_channels": 2, "kernel_size": 3, "dilation": 0},
              [1, 1, 8, 8]),
        error("negative padding", {"out_channels": 2, "kernel_size": 3, "padding": -1},
              [1, 1, 8, 8]),
        error("the kernel has no size", {"out_channels": 2, "kernel_size": 0}, [1, 1, 8, 8]),
        error(not_an_image, {"out_channels": 2, "kernel_size": 3}, [2, 3]),
        error("five dimensions", {"out_channels": 2, "kernel_size": 3}, [2, 3, 4, 4, 4]),
    ],
    "batch_norm1d": [
        error("an image", {}, [2, 3, 4, 4]),
        error("one value a channel in training", {}, [1, 3], training=True),
        error("one value a channel in training", {}, [1, 3, 1], training=True),
    ],
    "batch_norm2d": [
        error("a vector", {}, [2, 3]),
        error("a sequence", {}, [2, 3, 4]),
        error("one value a channel in training", {}, [1, 3, 1, 1], training=True),
    ],
    "layer_norm": [
        error("not the last dimension", {"normalized_shape": [5]}, [2, 6]),
        error("not the trailing dimensions", {"normalized_shape": [2, 3]}, [4, 2, 3, 5]),
        error("more dimensions than the input has", {"normalized_shape": [2, 3, 4]}, [3, 4]),
        error("no dimension", {"normalized_shape": []}, [3, 4]),
    ],
    "group_norm": [
        error("groups do not divide the channels", {"num_groups": 3}, [2, 4, 3, 3]),
        error("more groups than channels", {"num_groups": 8}, [2, 4, 3, 3]),
        error("no groups", {"num_groups": 0}, [2, 4, 3, 3]),
        error("one value a group, in training and evaluation alike", {"num_groups": 4}, [1, 4]),
    ],
    "max_pool2d": pool_errors + [
        error("the dilated kernel is larger than the input", {"kernel_size": 3, "dilation": 3},
              [1, 1, 6, 8]),
        error("a dilation of zero", {"kernel_size": 3, "dilation": 0}, [1, 1, 8, 8]),
    ],
    "avg_pool2d": pool_errors,
    "adaptive_avg_pool2d": [
        # With output_size 1 PyTorch takes the mean of the last two dimensions and raises nothing.
        error(not_an_image, {"output_size": 2}, [2, 3]),
        error("a negative size", {"output_size": -1}, [1, 1, 4, 4]),
    ],
    "global_avg_pool": [
        error(not_an_image, {}, [2, 3]),
        error("no columns", {}, [2, 3, 4]),
    ],
    "add": [
        error("the shapes differ", {}, [2, 3], [2, 4]),
        error("the rows differ", {}, [2, 3, 4, 4], [2, 3, 2, 4]),
        error("the third differs", {}, [2, 3], [2, 3], [2, 5]),
    ],
    "concat": [
        error("another dimension differs", {}, [2, 3, 4, 4], [2, 3, 4, 5]),
        error("the numbers of dimensions differ", {}, [2, 3], [2, 3, 4]),
        error("no such dimension", {"dim": 2}, [2, 3], [2, 3]),
    ],
    "multiply": [
        error("the shapes differ", {}, [2, 3], [2, 4]),
        error("the channels differ", {}, [2, 3, 4, 4], [2, 2, 1, 1]),
    ],
    "pad": [
        error("an odd number of amounts", {"pad": [1, 2, 3]}, [2, 3, 4, 4]),
        error("more dimensions than the input has", {"pad": [0, 0, 0, 0, 1, 1]}, [2, 3]),
        error("nothing is left", {"pad": [-3, -2]}, [2, 3, 4, 4]),
        error("more is removed than there is", {"pad": [-5, 7]}, [2, 3, 4, 4]),
        error("reflects the whole width", {"pad": 4, "mode": "reflect"}, [2, 3, 8, 4]),
        error("reflects more than the channels", {"pad": [0, 0, 0, 0, 3, 0], "mode": "reflect"},
              [2, 3, 8, 4]),
        error("wraps around more than once", {"pad": [5, 0], "mode": "circular"}, [2, 3, 4]),
        error("no such mode", {"pad": 1, "mode": "mirror"}, [2, 3, 4, 4]),
    ],
    "upsample": [
        error("neither size nor factor", {}, [2, 3, 4, 4]),
        error("size and factor", {"size": 8, "scale_factor": 2}, [2, 3, 4, 4]),
        error("corners of the nearest", {"scale_factor": 2, "align_corners": True}, [2, 3, 4, 4]),
        error("bilinear of a sequence", {"scale_factor": 2, "mode": "bilinear"}, [2, 3, 4]),
        error("linear of an image", {"scale_factor": 2, "mode": "linear"}, [2, 3, 4, 4]),
        error("a vector", {"scale_factor": 2}, [2, 3]),
        error("two factors of a sequence", {"scale_factor": [2, 2]}, [2, 3, 4]),
        error("nothing is left", {"scale_factor": 0.2}, [2, 3, 4, 4]),
        error("a size of zero", {"size": 0}, [2, 3, 4, 4]),
        error("no such mode", {"scale_factor": 2, "mode": "cubic"}, [2, 3, 4, 4]),
        error("a size and a second input", {"size": 8}, [2, 3, 4, 4], [2, 3, 8, 8]),
        error("a factor and a second input", {"scale_factor": 2}, [2, 3, 4, 4], [2, 3, 8, 8]),
        error("an image like a sequence", {}, [2, 3, 4, 4], [2, 3, 8]),
    ],
    "check_size": [
        error("the height does not divide", {"multiple_of": 4}, [2, 3, 6, 8]),
        error("the width does not divide", {"multiple_of": 4}, [2, 3, 8, 6]),
        error("zero", {"multiple_of": 0}, [2, 3, 8, 8]),
        error("not an image", {"multiple_of": 2}, [2, 8]),
    ],
    "pixel_shuffle": [
        error("the square does not divide the channels", {"upscale_factor": 2}, [2, 6, 4, 4]),
        error("a factor of zero", {"upscale_factor": 0}, [2, 4, 4, 4]),
        error(not_an_image, {"upscale_factor": 2}, [2, 4]),
    ],
    "pixel_unshuffle": [
        error("the height does not divide", {"downscale_factor": 2}, [2, 3, 5, 4]),
        error("the width does not divide", {"downscale_factor": 2}, [2, 3, 4, 5]),
        error("a factor of zero", {"downscale_factor": 0}, [2, 4, 4, 4]),
        error(not_an_image, {"downscale_factor": 2}, [2, 4]),
    ],
    "channel_shuffle": [
        error("groups do not divide the channels", {"groups": 4}, [2, 6, 4, 4]),
        error("no groups", {"groups": 0}, [2, 6, 4, 4]),
        error("a vector", {"groups": 2}, [2, 6]),
    ],
    "conv1d": [
        error("the kernel is longer than the padded input", {"out_channels": 2, "kernel_size": 7,
                                                            "padding": 1}, [1, 1, 4]),
        error("the dilated kernel is longer than the input",
              {"out_channels": 2, "kernel_size": 3, "dilation": 3}, [1, 1, 6]),
        error("groups do not divide the input's channels",
              {"out_channels": 4, "kernel_size": 1, "groups": 2}, [1, 3, 4]),
        error("groups do not divide the output's channels",
              {"out_channels": 3, "kernel_size": 1, "groups": 2}, [1, 4, 4]),
        error("same padding with a stride",
              {"out_channels": 2, "kernel_size": 3, "padding": "same", "stride": 2}, [1, 1, 8]),
        error("a stride of zero", {"out_channels": 2, "kernel_size": 3, "stride": 0}, [1, 1, 8]),
        error("negative padding", {"out_channels": 2, "kernel_size": 3, "padding": -1}, [1, 1, 8]),
        error("an image", {"out_channels": 2, "kernel_size": 3}, [2, 3, 4, 4]),
    ],
    "conv_transpose1d": [
        error("output padding is neither below stride nor dilation",
              {"out_channels": 2, "kernel_size": 3, "stride": 2, "output_padding": 2}, [1, 1, 4]),
        error("groups do not divide the input's channels",
              {"out_channels": 4, "kernel_size": 1, "groups": 2}, [1, 3, 4]),
        error("groups do not divide the output's channels",
              {"out_channels": 3, "kernel_size": 1, "groups": 2}, [1, 4, 4]),
        error("nothing is left", {"out_channels": 2, "kernel_size": 3, "padding": 3}, [1, 1, 4]),
        error("an image", {"out_channels": 2, "kernel_size": 3}, [2, 3, 4, 4]),
    ],
    "conv_transpose2d": [
        error("output padding is neither below stride nor dilation",
              {"out_channels": 2, "kernel_size": 3, "stride": 2, "output_padding": [1, 2]},
              [1, 1, 4, 4]),
        error("groups do not divide the input's channels",
              {"out_channels": 4, "kernel_size": 1, "groups": 2}, [1, 3, 4, 4]),
        error("groups do not divide the output's channels",
              {"out_channels": 3, "kernel_size": 1, "groups": 2}, [1, 4, 4, 4]),
        error("nothing is left", {"out_channels": 2, "kernel_size": 3, "padding": [0, 3]},
              [1, 1, 4, 4]),
        error("a stride of zero", {"out_channels": 2, "kernel_size": 3, "stride": 0}, [1, 1, 8, 8]),
        error(not_an_image, {"out_channels": 2, "kernel_size": 3}, [2, 3]),
    ],
    "instance_norm1d": [
        error("one value a channel", {}, [2, 3, 1], training=True),
        error("an image", {}, [2, 3, 4, 4]),
    ],
    "instance_norm2d": [
        error("one value a channel", {}, [2, 3, 1, 1], training=True),
        error("a vector", {}, [2, 3]),
    ],
    "local_response_norm": [
        error("a vector", {"size": 2}, [2, 3]),
        error("no channels", {"size": 0}, [2, 3, 4, 4]),
    ],
    "max_pool1d": pool1d_errors + [
        error("the dilated kernel is longer than the input", {"kernel_size": 3, "dilation": 3},
              [1, 1, 6]),
    ],
    "avg_pool1d": pool1d_errors,
    "adaptive_avg_pool1d": adaptive1d_errors,
    "adaptive_max_pool1d": adaptive1d_errors,
    "adaptive_max_pool2d": [
        error(not_an_image, {"output_size": 2}, [2, 3]),
        error("a negative size", {"output_size": -1}, [1, 1, 4, 4]),
    ],
    "layer_norm2d": [
        error(not_an_image, {}, [2, 3]),
    ],
    "permute": [
        error("a dimension is missing", {"dims": [2, 1]}, [2, 3, 4, 5]),
        error("a dimension comes twice", {"dims": [1, 1]}, [2, 3, 4]),
        error("no such dimension", {"dims": [1, 3]}, [2, 3, 4]),
    ],
    "transpose": [
        error("no such dimension", {}, [2, 3]),
        error("no such dimension", {"dim0": -4}, [2, 3, 4]),
    ],
    "slice": [
        error("no such dimension", {"dim": 2}, [2, 3]),
        error("a step of zero", {"step": 0}, [2, 3]),
        error("a negative step", {"step": -1}, [2, 3]),
    ],
    "mean": [
        error("no such dimension", {"dim": 2}, [2, 3]),
        error("a dimension comes twice", {"dim": [1, -1]}, [2, 3]),
    ],
    "sum": [
        error("no such dimension", {"dim": -3}, [2, 3]),
        error("a dimension comes twice", {"dim": [1, 1]}, [2, 3, 4]),
    ],
    "max": [
        error("no such dimension", {"dim": 3}, [2, 3, 4]),
        error("a dimension comes twice", {"dim": [2, -1]}, [2, 3, 4]),
    ],
    "stochastic_depth": [
        error("p is not a probability", {"p": 1.5}, [2, 3]),
        error("no such mode", {"p": 0.5, "mode": "column"}, [2, 3]),
    ],
    "layer_scale": [
        error("no such dimension", {"dim": 3}, [2, 3]),
    ],
    "matmul": [
        error("the sizes differ", {}, [2, 3, 4], [2, 3, 4]),
        error("the dimensions before differ", {}, [2, 2, 3, 4], [2, 3, 4, 3]),
    ],
    "prelu": [
        error("neither one slope nor one a channel", {"num_parameters": 2}, [2, 3]),
        error("no slopes", {"num_parameters": -1}, [2, 3]),
    ],
    "glu": [
        error("an odd size", {}, [2, 3]),
        error("no such dimension", {"dim": 2}, [2, 4]),
    ],
    "multi_head_attention": [
        error("the heads do not divide the features", {"num_heads": 3}, [2, 3, 4]),
        error("no heads", {"num_heads": 0}, [2, 3, 4]),
        error("keys and values of other lengths", {"num_heads": 2}, [2, 3, 4], [2, 5, 4],
              [2, 4, 4]),
        error("p is not a probability", {"num_heads": 2, "dropout": 1.5}, [2, 3, 4],
              training=True),
        error("an image", {"num_heads": 1}, [2, 3, 4, 4]),
    ],
    "embedding": [
        error("padding_idx is no row",
              {"num_embeddings": 3, "embedding_dim": 2, "padding_idx": 3}, [2, 3]),
        error("padding_idx is no row",
              {"num_embeddings": 3, "embedding_dim": 2, "padding_idx": -4}, [2, 3]),
        error("a negative size", {"num_embeddings": 3, "embedding_dim": -1}, [2, 3]),
    ],
} | {
    layer: [
        error("no hidden state", {"hidden_size": 0}, [2, 3, 4]),
        error("no layers", {"hidden_size": 2, "num_layers": 0}, [2, 3, 4]),
        error("dropout is not a probability", {"hidden_size": 2, "dropout": 1.5}, [2, 3, 4]),
        error("an image", {"hidden_size": 2}, [2, 3, 4, 4]),
    ]
    for layer in ("lstm", "gru")
}


def write(layer, cases, errors):
    lines = ["{", f'"layer": {json.dumps(layer)},', f'"torch": {json.dumps(torch.__version__)},']
    for key, items, last in (("cases", cases, ","), ("shape_errors", errors, "")):
        body = ",\n".join(json.dumps(item, allow_nan=False) for item in items)
        lines.append(f'"{key}": [\n{body}\n]{last}' if items else f'"{key}": []{last}')
    path = HERE / f"{layer}.json"
    path.write_text("\n".join(lines + ["}", ""]))
    print(f"{path.name:28} {len(cases):3} cases {len(errors):3} errors {path.stat().st_size:7} bytes")


for layer in sys.argv[1:] or BUILD:
    write(
        layer,
        [make_case(layer, **item) for item in (dict({"shapes": None}, **c) for c in CASES[layer])],
        [make_error(layer, **item) for item in ERRORS.get(layer, [])],
    )
