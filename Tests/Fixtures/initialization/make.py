"""Facts of PyTorch's default initialisation, to check distributions against.

Made with torch 2.13.0+cpu, one thread. `python3 make.py` writes initialization.json beside itself:

  {"torch", "layers": [{"name", "layer", "arguments", "input_shape", "fan_in", "draws",
    "parameters": {name: P}, "buffers": {name: {"shape", "constant"}}}]}

P is {"shape", "distribution": "constant", "constant"} or {"shape", "distribution": "uniform",
"bound", "std", "empirical": {"values", "mean", "std", "min", "max", "deciles"}}. The uniform
distribution is over [-bound, bound) with bound = 1 / sqrt(fan_in), for weights and biases alike
(kaiming_uniform_ with a = sqrt(5) comes to the same); its standard deviation is bound / sqrt(3).
`empirical` pools that many draws of the layer by torch itself, seeds 0, 1, ...; deciles are the
10 %, 20 %, ... 90 % quantiles. fan_in = input features, or input channels / groups * kernel area (output channels if transposed).
"""

import json
import math
import pathlib

import torch
import torch.nn as nn

torch.set_num_threads(1)
HERE = pathlib.Path(__file__).resolve().parent
DRAWS = 100

# name, layer, our arguments, input shape, fan_in, PyTorch's module
LAYERS = [
    ("linear 784 to 128", "linear", {"out_features": 128}, [1, 784], 784,
     lambda: nn.Linear(784, 128)),
    ("linear 64 to 10", "linear", {"out_features": 10}, [1, 64], 64, lambda: nn.Linear(64, 10)),
    ("conv2d 16 to 32, two groups", "conv2d", {"out_channels": 32, "kernel_size": 3, "groups": 2},
     [1, 16, 8, 8], 16 // 2 * 9, lambda: nn.Conv2d(16, 32, 3, groups=2)),
    ("conv2d 3 to 8, 5 x 3", "conv2d", {"out_channels": 8, "kernel_size": [5, 3]}, [1, 3, 8, 8],
     3 * 15, lambda: nn.Conv2d(3, 8, (5, 3))),
    ("depthwise conv2d 12", "conv2d", {"out_channels": 12, "kernel_size": 3, "groups": 12},
     [1, 12, 8, 8], 9, lambda: nn.Conv2d(12, 12, 3, groups=12)),
    ("conv1d 4 to 8, two groups", "conv1d", {"out_channels": 8, "kernel_size": 5, "groups": 2},
     [1, 4, 9], 4 // 2 * 5, lambda: nn.Conv1d(4, 8, 5, groups=2)),
    # PyTorch takes the second dimension of the weight, the output channels of a group, for the fan-in.
    ("conv_transpose1d 8 to 4", "conv_transpose1d", {"out_channels": 4, "kernel_size": 3},
     [1, 8, 9], 4 * 3, lambda: nn.ConvTranspose1d(8, 4, 3)),
    ("conv_transpose2d 6 to 8, two groups", "conv_transpose2d",
     {"out_channels": 8, "kernel_size": [3, 2], "groups": 2}, [1, 6, 4, 4], 8 // 2 * 6,
     lambda: nn.ConvTranspose2d(6, 8, (3, 2), groups=2)),
    ("batch_norm1d 7", "batch_norm1d", {}, [2, 7], None, lambda: nn.BatchNorm1d(7)),
    ("batch_norm2d 16", "batch_norm2d", {}, [2, 16, 4, 4], None, lambda: nn.BatchNorm2d(16)),
    ("layer_norm 6", "layer_norm", {"normalized_shape": [6]}, [2, 6], None,
     lambda: nn.LayerNorm([6])),
    ("group_norm 4 of 16", "group_norm", {"num_groups": 4}, [2, 16, 4, 4], None,
     lambda: nn.GroupNorm(4, 16)),
    ("instance_norm2d 5", "instance_norm2d", {"affine": True, "track_running_stats": True},
     [2, 5, 4, 4], None, lambda: nn.InstanceNorm2d(5, affine=True, track_running_stats=True)),
]


def parameter(values, fan_in):
    shape = list(values[0].shape)
    pooled = torch.stack(values).double().reshape(-1)
    if fan_in is None:
        assert pooled.min() == pooled.max()
        return {"shape": shape, "distribution": "constant", "constant": pooled[0].item()}
    bound = 1 / math.sqrt(fan_in)
    assert pooled.abs().max() <= bound * (1 + 1e-6)
    ordered = pooled.sort().values
    return {
        "shape": shape, "distribution": "uniform", "bound": bound, "std": bound / math.sqrt(3),
        "empirical": {
            "values": pooled.numel(), "mean": pooled.mean().item(), "std": pooled.std().item(),
            "min": ordered[0].item(), "max": ordered[-1].item(),
            "deciles": [ordered[pooled.numel() * k // 10].item() for k in range(1, 10)],
        },
    }


facts = []
for name, layer, arguments, input_shape, fan_in, build in LAYERS:
    modules = []
    for seed in range(DRAWS):
        torch.manual_seed(seed)
        modules.append(build())
    keys = [key for key, _ in modules[0].named_parameters()]
    facts.append({
        "name": name, "layer": layer, "arguments": arguments, "input_shape": input_shape,
        "fan_in": fan_in, "draws": DRAWS,
        "parameters": {
            key: parameter([m.get_parameter(key).detach() for m in modules], fan_in)
            for key in keys
        },
        "buffers": {
            key: {"shape": list(value.shape), "constant": value.reshape(-1)[0].item()}
            for key, value in modules[0].named_buffers()
        },
    })
    for key, fact in facts[-1]["parameters"].items():
        print(name, key, fact.get("bound", fact.get("constant")))
(HERE / "initialization.json").write_text(
    json.dumps({"torch": torch.__version__, "layers": facts}, indent=1) + "\n")
