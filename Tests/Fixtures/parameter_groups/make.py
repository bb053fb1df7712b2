"""The first 50 losses of PyTorch with weight decay on weights alone, layer-wise learning rates, groups with
arguments of their own and gradients clipped by value.

    python make.py        needs torch 2.13 and safetensors; writes initial.safetensors and goldens.json

The images are those of ../training (the formula dataset, salt 0): 50 batches of 32 in index order, one step
each. The network has a stem, two stages of two residual blocks, a last normalisation and a head. The
assignment of learning rates is written here name by name, as in BEiT and timm: the stem is layer 0, the
blocks are layers 1 to 4, the last normalisation belongs to the block before it, and the head is layer 5; the
learning rate of a layer is that of the optimizer times decay ** (5 - layer).

goldens.json: {run: {"optimizer", "train" (of the experiment), "schedule", "losses": [50],
"losses_float64": [50], "rates": {parameter: learning rate of the first step}, "decays": {parameter: factor}}}
"""

import importlib.util
import json
import pathlib

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

HERE = pathlib.Path(__file__).resolve().parent
spec = importlib.util.spec_from_file_location("goldens", HERE.parent / "training" / "make.py")
goldens = importlib.util.module_from_spec(spec)
spec.loader.exec_module(goldens)

STEPS, BATCH = 50, 32


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(8, 8, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.conv2 = nn.Conv2d(8, 8, 3, padding=1)

    def forward(self, x):
        return x + self.conv2(F.silu(self.bn1(self.conv1(x))))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, stride=4, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.layer1 = nn.Sequential(Block(), Block())
        self.layer2 = nn.Sequential(Block(), Block())
        self.norm = nn.BatchNorm2d(8)
        self.fc = nn.Linear(8, 10)

    def forward(self, x):
        x = F.silu(self.bn1(self.conv1(x)))
        x = self.norm(self.layer2(self.layer1(x)))
        return self.fc(x.mean((2, 3)))


def layer(name):
    """The number of a parameter's layer, from 0 to 5."""
    if name.startswith(("conv1", "bn1")):
        return 0
    if name.startswith("layer"):
        stage, block = name.split(".")[:2]
        return 1 + 2 * (int(stage[-1]) - 1) + int(block)
    return 4 if name.startswith("norm") else 5


def is_norm(name):
    return "bn1" in name or name.startswith("norm")


def has_decay(name):
    return not (name.endswith("bias") or is_norm(name))


def groups(model, lr, decay=1.0, weight_decay=None, special=None):
    """One group for each parameter."""
    result = []
    for name, p in model.named_parameters():
        group = {"params": [p], "lr": lr * decay ** (5 - layer(name))}
        if weight_decay is not None:
            group["weight_decay"] = weight_decay if has_decay(name) else 0.0
        group.update((special or {}).get(name.split(".")[0], {}))
        result.append(group)
    return result


def adamw(**how):
    return lambda model: torch.optim.AdamW(groups(model, 4e-3, **how), lr=4e-3, weight_decay=0.5,
                                           foreach=False)


NO_DECAY = ["bias", "norm"]
# name: (optimizer of the experiment, its `train` and `schedule`, how PyTorch makes it)
RUNS = {
    "no_decay": ({"adamw": {"lr": 4e-3, "weight_decay": 0.5, "no_decay": NO_DECAY}}, {}, None,
                 adamw(weight_decay=0.5)),
    "layer_decay": ({"adamw": {"lr": 4e-3, "weight_decay": 0.5, "layer_decay": 0.75}}, {},
                    "cosine", adamw(decay=0.75)),
    "both": ({"adamw": {"lr": 4e-3, "weight_decay": 0.5, "layer_decay": 0.75,
                        "no_decay": NO_DECAY}}, {}, "cosine",
             adamw(decay=0.75, weight_decay=0.5)),
    "group_arguments": (
        {"adamw": {"lr": 4e-3, "weight_decay": 0.5, "no_decay": NO_DECAY, "groups": [
            {"parameters": "head", "lr": 1e-2, "betas": [0.8, 0.95], "weight_decay": 0.2},
            {"parameters": "layer2", "lr_multiplier": 0.5, "eps": 1e-3}]}}, {}, None,
        lambda model: torch.optim.AdamW(
            groups(model, 4e-3, weight_decay=0.5, special={
                "fc": {"lr": 1e-2, "betas": (0.8, 0.95), "weight_decay": 0.2},
                "layer2": {"lr": 2e-3, "eps": 1e-3}}), lr=4e-3, foreach=False)),
    "clip_value": ({"sgd": {"lr": 0.1, "momentum": 0.9}}, {"clip_grad_value": 0.02}, None,
                   lambda model: torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)),
}


def train(make, clip, schedule, initial, dtype):
    pixels, labels = goldens.formula_images(0)
    x, y = goldens.transformed(pixels[:STEPS * BATCH], dtype), torch.from_numpy(labels[:STEPS * BATCH])
    model = Network()
    model.load_state_dict(initial)
    model = model.to(dtype)
    stepper = make(model)
    names = {id(p): name for name, p in model.named_parameters()}
    rates = {names[id(p)]: g["lr"] for g in stepper.param_groups for p in g["params"]}
    decays = {names[id(p)]: g["weight_decay"] for g in stepper.param_groups for p in g["params"]}
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(stepper, STEPS) if schedule else None
    losses = []
    for first in range(0, STEPS * BATCH, BATCH):
        loss = F.cross_entropy(model(x[first:first + BATCH]), y[first:first + BATCH])
        stepper.zero_grad()
        loss.backward()
        if clip:
            nn.utils.clip_grad_value_(model.parameters(), clip)
        stepper.step()
        if scheduler:
            scheduler.step()
        losses.append(loss.item())
    return losses, rates, decays


def main():
    torch.set_num_threads(1)
    torch.manual_seed(5)
    save_file(Network().state_dict(), HERE / "initial.safetensors")
    initial = load_file(HERE / "initial.safetensors")
    result = {}
    for name, (optimizer, settings, schedule, make) in RUNS.items():
        clip = settings.get("clip_grad_value")
        losses, rates, decays = train(make, clip, schedule, initial, torch.float32)
        double, _, _ = train(make, clip, schedule, initial, torch.float64)
        result[name] = {"optimizer": optimizer, "train": settings, "schedule": schedule,
                        "losses": losses, "losses_float64": double, "rates": rates,
                        "decays": decays}
        print(f"{name:16} {losses[0]:.4f} .. {losses[-1]:.4f}, float64 differs by "
              f"{goldens.worst(losses, double):.1e}")
    lines = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in result.items()]
    (HERE / "goldens.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


main()
