"""Training steps of convolutional models with `runner` and with PyTorch, in turn on the same machine.

usage: steps.py --runner PATH [--models cnn6 resnet18 resnet18_224] [--rounds 3] [--threads N] [--no-compile]

`cnn6` has six 3×3 convolutions of 64, 64, 128, 128, 256 and 256 channels with batch normalisation and ReLU, in pairs
followed by max pooling; both it and `resnet18` (torchvision's) train on 32×32 pictures of cifar10-jpeg.zip in batches
of 128, `resnet18_224` on the same pictures at 224×224 in batches of 16. All use Adam in float32. A round is an epoch of
each; its time leaves out evaluation. `runner` gathers, converts and normalises bytes in its time. PyTorch has
normalised tensors in memory, and is tried in eager mode with contiguous and with channels-last memory, fused Adam, and
compiled by torch.compile (after its compilation, which is not counted). Prints the times of a step and the ratio to
the fastest PyTorch of the same round as the median over rounds, with the least and the largest.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

import torch
from torch import nn
from torch.nn.functional import cross_entropy

import common

EXPERIMENT = """
name: steps
data:
  dataset: {{image_folder: {folder}}}
  transforms:
    {resize}- to_tensor
    - normalize: {{mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25]}}
  split: {{validation: 0}}
  batch_size: {batch}
model: {model}
optimizer: {{adam: {{lr: 1e-3}}}}
train: {{epochs: {epochs}}}
"""


def cnn6(channels=(64, 64, 128, 128, 256, 256)):
    layers, previous = [], 3
    for index, width in enumerate(channels):
        layers += [
            nn.Conv2d(previous, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True)
        ]
        if index % 2:
            layers.append(nn.MaxPool2d(2))
        previous = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(previous, 10))


def cnn6_yaml(channels=(64, 64, 128, 128, 256, 256)):
    lines = []
    for index, width in enumerate(channels):
        lines.append(f"  - conv2d: {{out_channels: {width}, kernel_size: 3, padding: 1, bias: false}}")
        lines += ["  - batch_norm2d", "  - relu"] + (["  - max_pool2d: 2"] if index % 2 else [])
    return "\n" + "\n".join(lines + ["  - global_avg_pool", "  - linear: 10"])


def resnet18():
    return common.torchvision().models.resnet18(num_classes=10)


# The module, the same in an experiment file, the size of pictures, those of a class, and the batch size.
MODELS = {
    "cnn6": (cnn6, cnn6_yaml(), 32, 64, 128),
    "resnet18": (resnet18, "resnet18", 32, 64, 128),
    "resnet18_224": (resnet18, "resnet18", 224, 20, 16),
}


class Peer:
    """A model in PyTorch that trains an epoch at a time."""

    def __init__(self, build, size, batch, count, layout, compiles):
        torch.manual_seed(1)
        self.model = build().to(memory_format=layout).train()
        self.step_model = torch.compile(self.model) if compiles else self.model
        self.optimizer = torch.optim.Adam(self.model.parameters(), lr=1e-3, fused=True)
        self.x = torch.randn(count, 3, size, size).contiguous(memory_format=layout)
        self.y = torch.randint(0, 10, (count,))
        self.batch, self.layout = batch, layout

    def epoch(self):
        """Seconds a step, of full batches."""
        order = torch.randperm(len(self.x))
        begin, steps = time.perf_counter(), 0
        for start in range(0, len(order) - self.batch + 1, self.batch):
            part = order[start : start + self.batch]
            x = self.x[part].contiguous(memory_format=self.layout)
            loss = cross_entropy(self.step_model(x), self.y[part])
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()
            self.optimizer.step()
            steps += 1
        return (time.perf_counter() - begin) / steps


def pictures(archive, folder, per_class):
    """A folder with the first training pictures of each class, a fifth of which will be the test set."""
    counts = {}
    with zipfile.ZipFile(archive) as file:
        for name in sorted(file.namelist()):
            parts = name.split("/")
            if parts[0] != "train" or not parts[-1]:
                continue
            label = parts[1]
            counts[label] = counts.get(label, 0) + 1
            if counts[label] <= per_class:
                os.makedirs(os.path.join(folder, label), exist_ok=True)
                with open(os.path.join(folder, label, parts[-1]), "wb") as to:
                    to.write(file.read(name))
    return folder


def runner_epochs(program, folder, text, threads, batch):
    """Seconds for each picture, times the batch size, of each epoch but the first."""
    path = os.path.join(folder, "steps.yaml")
    with open(path, "w") as file:
        file.write(text)
    done = subprocess.run(
        [program, path, f"threads={threads}", "-q", "--runs-dir", folder],
        check=True, stdout=subprocess.PIPE, text=True)
    run = done.stdout.strip().splitlines()[-1]
    with open(os.path.join(run, "timings.jsonl")) as file:
        return [batch / json.loads(line)["examples_per_second"] for line in file][1:]


def compare(name, arguments, archive):
    """Prints the times and returns the ratio to the fastest PyTorch."""
    build, yaml, size, per_class, batch = MODELS[name]
    count = per_class * 8  # as many as runner trains on
    last = torch.channels_last
    peers = {
        "eager": Peer(build, size, batch, count, torch.contiguous_format, False),
        "channels last": Peer(build, size, batch, count, last, False),
    }
    if not arguments.no_compile:
        peers["compiled"] = Peer(build, size, batch, count, torch.contiguous_format, True)
        peers["compiled, channels last"] = Peer(build, size, batch, count, last, True)
    for peer in peers.values():
        peer.epoch()  # compiles, and warms up
    resize = f"- resize: [{size}, {size}]\n    " if size != 32 else ""
    times, ratios = {key: [] for key in ["runner", *peers]}, []
    for _ in range(arguments.rounds):
        with tempfile.TemporaryDirectory() as folder:
            data = pictures(archive, os.path.join(folder, "pictures"), per_class)
            text = EXPERIMENT.format(
                folder=data, resize=resize, batch=batch, model=yaml, epochs=3)
            own = min(runner_epochs(
                arguments.runner, folder, text, arguments.threads, batch))
        times["runner"].append(own)
        for key, peer in peers.items():
            times[key].append(min(peer.epoch(), peer.epoch()))
        ratios.append(min(times[key][-1] for key in peers) / own)
    print(f"\n{name}: milliseconds a step of {batch} pictures at {size}×{size}, {arguments.threads} threads")
    for key, values in times.items():
        print(f"  {key:24} {statistics.median(values) * 1e3:8.1f}")
    print(
        f"  the fastest PyTorch against runner: {statistics.median(ratios):.2f} "
        f"({min(ratios):.2f} to {max(ratios):.2f})", flush=True)
    return statistics.median(ratios)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runner", required=True)
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=list(MODELS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--no-compile", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.set_flush_denormal(True)
    data = os.environ.get("RUNNER_DATA")
    if not data:
        sys.exit("RUNNER_DATA names no folder with cifar10-jpeg.zip")
    for chosen in arguments.models:
        compare(chosen, arguments, os.path.join(data, "cifar10-jpeg.zip"))
