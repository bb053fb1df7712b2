#!/usr/bin/env python3
"""Makes losses.json with PyTorch: values and gradients of the losses of numbers and of label sets.

    python3 -m pip install torch
    python3 Tests/Fixtures/tasks/make_losses.py

The file was made with PyTorch 2.13.0.
"""

import json
import pathlib

import torch
from torch.nn import functional

torch.manual_seed(5)


def numbers(tensor):
    return [float(value) for value in tensor.detach().reshape(-1)]


def case(loss, argument, outputs, targets, function):
    outputs.requires_grad_(True)
    value = function(outputs, targets)
    value.backward()
    return {
        "loss": loss,
        "argument": argument,
        "width": outputs.shape[1],
        "outputs": numbers(outputs),
        "targets": numbers(targets),
        "value": float(value),
        "gradient": numbers(outputs.grad),
    }


cases = []
for width in [1, 3]:
    for name, function in [
        ("mse", functional.mse_loss),
        ("mae", functional.l1_loss),
        ("huber", functional.huber_loss),
    ]:
        targets = torch.randn(7, width)
        cases.append(case(name, None, targets + 2 * torch.randn(7, width), targets, function))
targets = torch.randn(9, 2)
cases.append(
    case(
        "huber", 0.25, targets + torch.randn(9, 2), targets,
        lambda outputs, targets: functional.huber_loss(outputs, targets, delta=0.25),
    )
)
for weights in [None, [1.0, 2.5, 0.5]]:
    targets = (torch.rand(8, 3) < 0.4).float()
    cases.append(
        case(
            "bce_with_logits", weights, 2 * torch.randn(8, 3), targets,
            lambda outputs, targets: functional.binary_cross_entropy_with_logits(
                outputs, targets, pos_weight=None if weights is None else torch.tensor(weights)),
        )
    )
path = pathlib.Path(__file__).parent / "losses.json"
path.write_text(json.dumps(cases, separators=(",", ":")).replace("},{", "},\n{") + "\n")
