"""Distributions of the rules of torch.nn.init that a layer's `init` names, as torch draws them.

Made with torch 2.13.0+cpu, one thread. `python3 make_rules.py` writes rules.json beside itself:

  {"torch", "rules": [{"name", "init", "in_features", "out_features", "std", "min", "max",
    "deciles"}]}

`init` is the argument as in an experiment. The weight of a linear layer is drawn DRAWS times with
seeds 0, 1, ...; deciles are the 10%, 20%, ... 90% quantiles of all values together.
"""

import json
import math
import pathlib

import torch
import torch.nn as nn

torch.set_num_threads(1)
HERE = pathlib.Path(__file__).resolve().parent
DRAWS = 40
IN, OUT = 96, 128

RULES = [
    ("normal", {"normal": 0.01}, lambda w: nn.init.normal_(w, std=0.01)),
    ("uniform", {"uniform": 0.3}, lambda w: nn.init.uniform_(w, -0.3, 0.3)),
    # torchvision's EfficientNet.
    ("uniform by fan_out", {"uniform": "fan_out"},
     lambda w: nn.init.uniform_(w, -1 / math.sqrt(OUT), 1 / math.sqrt(OUT))),
    ("trunc_normal", {"trunc_normal": 0.02}, lambda w: nn.init.trunc_normal_(w, std=0.02)),
    ("trunc_normal that is cut", {"trunc_normal": 2}, lambda w: nn.init.trunc_normal_(w, std=2)),
    ("trunc_normal with bounds", {"trunc_normal": {"std": 0.5, "a": -0.25, "b": 1}},
     lambda w: nn.init.trunc_normal_(w, std=0.5, a=-0.25, b=1)),
    # torchvision's VisionTransformer.
    ("trunc_normal by fan_in", {"trunc_normal": "fan_in"},
     lambda w: nn.init.trunc_normal_(w, std=math.sqrt(1 / IN))),
    ("xavier_uniform", "xavier_uniform", nn.init.xavier_uniform_),
    ("xavier_normal", "xavier_normal", nn.init.xavier_normal_),
    ("kaiming_normal", "kaiming_normal",
     lambda w: nn.init.kaiming_normal_(w, mode="fan_out", nonlinearity="relu")),
    # torchvision's DenseNet and SqueezeNet.
    ("kaiming_normal by fan_in", {"kaiming_normal": "fan_in"}, nn.init.kaiming_normal_),
    ("kaiming_uniform", "kaiming_uniform", nn.init.kaiming_uniform_),
    ("kaiming_uniform by fan_out", {"kaiming_uniform": "fan_out"},
     lambda w: nn.init.kaiming_uniform_(w, mode="fan_out")),
    # torchvision's FeaturePyramidNetwork.
    ("kaiming_uniform with a slope", {"kaiming_uniform": {"a": 1}},
     lambda w: nn.init.kaiming_uniform_(w, a=1)),
]

rules = []
for name, init, draw in RULES:
    values = []
    for seed in range(DRAWS):
        torch.manual_seed(seed)
        values.append(draw(torch.empty(OUT, IN)))
    ordered = torch.stack(values).double().reshape(-1).sort().values
    rules.append({
        "name": name, "init": init, "in_features": IN, "out_features": OUT,
        "std": ordered.std().item(), "min": ordered[0].item(), "max": ordered[-1].item(),
        "deciles": [ordered[len(ordered) * k // 10].item() for k in range(1, 10)],
    })
    print(name, rules[-1]["std"])
(HERE / "rules.json").write_text(
    json.dumps({"torch": torch.__version__, "rules": rules}, indent=1) + "\n")
