"""Writes optimizers.json and layers.json, the numbers that TorchTests expects.

Run with torch==2.13.0+cpu: python make_goldens.py
"""

import json
import pathlib

import torch
import torch.nn.functional as F

HERE = pathlib.Path(__file__).parent


def ramp(*shape, start=-1.0, step=0.0625):
    """Numbers that float32 holds exactly, so that the test can make the same ones."""
    count = torch.Size(shape).numel()
    return (torch.arange(count, dtype=torch.float64) * step + start).to(torch.float32).reshape(shape)


def train(make, steps=4):
    """Two parameters with gradients that depend on step and place, and one without."""
    params = [ramp(3, 4), ramp(5, start=0.5, step=-0.25), ramp(2)]
    optimizer = make(params)
    for step in range(steps):
        params[0].grad = ramp(3, 4, start=0.5 - 0.25 * step, step=0.125)
        params[1].grad = ramp(5, start=-0.25 * step, step=0.5)
        optimizer.step()
    return [param.flatten().tolist() for param in params]


def optimizers():
    adam, adamw, sgd = torch.optim.Adam, torch.optim.AdamW, torch.optim.SGD
    rmsprop = torch.optim.RMSprop
    cases = {
        "adam": lambda p: adam(p, lr=1e-2, fused=True),
        "adam_decay": lambda p: adam(p, lr=1e-2, weight_decay=0.1, fused=True),
        "adam_amsgrad": lambda p: adam(p, lr=1e-2, amsgrad=True, fused=True),
        "adamw": lambda p: adamw(p, lr=1e-2, weight_decay=0.1, fused=True),
        "sgd": lambda p: sgd(p, lr=1e-2, fused=True),
        "sgd_momentum": lambda p: sgd(
            p, lr=1e-2, momentum=0.9, dampening=0.25, weight_decay=0.1, fused=True
        ),
        "sgd_nesterov": lambda p: sgd(p, lr=1e-2, momentum=0.9, nesterov=True, fused=True),
        "rmsprop": lambda p: rmsprop(p, foreach=False),
        "rmsprop_decay": lambda p: rmsprop(p, lr=1e-3, alpha=0.9, eps=1e-3, weight_decay=0.1,
                                           foreach=False),
        "rmsprop_momentum": lambda p: rmsprop(p, momentum=0.9, foreach=False),
        "rmsprop_centered": lambda p: rmsprop(p, centered=True, foreach=False),
        "rmsprop_everything": lambda p: rmsprop(
            p, lr=1e-3, alpha=0.9, eps=1e-6, weight_decay=0.1, momentum=0.5, centered=True,
            foreach=False
        ),
    }
    return {name: train(make) for name, make in cases.items()}


def layers():
    x = ramp(2, 4, 5, 5, start=-3.0)
    weight = ramp(6, 2, 3, 3, step=0.03125)
    bias = ramp(6, step=0.25)
    vector = ramp(4, start=0.5, step=0.25)
    flat = ramp(3, 5, start=-2.0, step=0.25)
    target = torch.tensor([4, 0, 2])
    mean, var = torch.zeros(4), torch.ones(4)
    cases = {
        "conv2d": F.conv2d(x, weight, bias, stride=2, padding=(1, 0), groups=2),
        "batch_norm": F.batch_norm(x, mean, var, vector, vector, training=True, momentum=0.1),
        "batch_norm_mean": mean,
        "batch_norm_var": var,
        "layer_norm": F.layer_norm(x, (5, 5), ramp(5, 5), ramp(5, 5)),
        "group_norm": F.group_norm(x, 2, vector, vector),
        "max_pool2d": F.max_pool2d(x, 3, 2, 1, ceil_mode=True),
        "avg_pool2d": F.avg_pool2d(x, 3, 2, 1, count_include_pad=False),
        "adaptive_avg_pool2d": F.adaptive_avg_pool2d(x, (2, 3)),
        "leaky_relu": F.leaky_relu(flat, 0.125),
        "gelu": F.gelu(flat),
        "gelu_tanh": F.gelu(flat, approximate="tanh"),
        "silu": F.silu(flat),
        "softmax": F.softmax(flat, 1),
        "cross_entropy": F.cross_entropy(flat, target),
        "cross_entropy_smooth": F.cross_entropy(flat, target, label_smoothing=0.1, reduction="sum"),
        "cross_entropy_none": F.cross_entropy(flat, target, reduction="none"),
        "mse": F.mse_loss(flat, -flat),
        "bce": F.binary_cross_entropy_with_logits(flat, torch.full_like(flat, 0.25)),
    }
    return {name: value.flatten().tolist() for name, value in cases.items()}


def write(name, cases):
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in cases.items()]
    (HERE / name).write_text("{\n" + ",\n".join(lines) + "\n}\n")


torch.set_num_threads(1)
write("optimizers.json", optimizers())
write("layers.json", layers())
