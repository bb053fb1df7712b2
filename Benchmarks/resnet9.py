"""experiments/cifar10.yaml and the same recipe in tuned PyTorch, as whole processes in turn on the same machine.

usage: resnet9.py --runner PATH [--archive cifar10-jpeg.zip] [--seeds 1] [--epochs N] [--threads N] [--compile]

Both read the JPEG files, train on all 50,000 pictures with random crops and mirroring, and score the 10,000 of the test
set; `runner` also writes its files, without plots. PyTorch has all pixels in memory, normalised and padded once, cuts a
batch out of them in one operation, and uses channels-last memory and fused AdamW; with --compile, torch.compile as well.
Random numbers differ between the two, so that their accuracies agree only within the spread of seeds. Prints the seconds
and the accuracy of each, and their ratio.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time

import torch
from torch import nn
from torch.nn.functional import cross_entropy, pad

import cifar
import common

MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)
BATCH = 256


def conv_bn(before, width):
    return nn.Sequential(
        nn.Conv2d(before, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True))


class Residual(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.rest = nn.Sequential(conv_bn(width, width), conv_bn(width, width))

    def forward(self, x):
        return x + self.rest(x)


def network():
    return nn.Sequential(
        conv_bn(3, 32), conv_bn(32, 64), nn.MaxPool2d(2), Residual(64), conv_bn(64, 128), nn.MaxPool2d(2),
        conv_bn(128, 256), nn.MaxPool2d(2), Residual(256), nn.MaxPool2d(4), nn.Flatten(), nn.Linear(256, 10))


def normalised(archive, part):
    pixels, labels, _ = cifar.read(archive, part, 0)
    mean, std = (torch.tensor(values).view(3, 1, 1) for values in (MEAN, STD))
    # cifar.read scales to −2 … 2.
    return pixels.mul_(0.25).add_(0.5).sub_(mean).div_(std), labels


def batches(padded, labels):
    """An epoch of random crops of 32×32, half of them mirrored, in random order."""
    windows = padded.unfold(2, 32, 1).unfold(3, 32, 1)
    for part in torch.randperm(len(labels)).split(BATCH):
        top, left = torch.randint(0, 9, (2, len(part)))
        crops = windows[part, :, top, left]
        mirrored = torch.rand(len(part)) < 0.5
        crops[mirrored] = crops[mirrored].flip(3)
        yield crops.contiguous(memory_format=torch.channels_last), labels[part]


def peer(options):
    """Trains in PyTorch and prints its accuracy as JSON."""
    torch.set_num_threads(options.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(options.peer)
    pixels, labels = normalised(options.archive, "train/")
    padded = pad(pixels, (4, 4, 4, 4), mode="reflect")
    model = network().to(memory_format=torch.channels_last).train()
    step_model = torch.compile(model) if options.compile else model
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.05, fused=True)
    steps = options.epochs * -(-len(labels) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.01, total_steps=steps)
    for epoch in range(1, options.epochs + 1):
        begin, losses = time.perf_counter(), []
        for images, targets in batches(padded, labels):
            loss = cross_entropy(step_model(images), targets, label_smoothing=0.1)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        print(
            f"  PyTorch, epoch {epoch}: loss {statistics.mean(losses):.4f}, "
            f"{time.perf_counter() - begin:.1f} s", file=sys.stderr, flush=True)
    images, targets = normalised(options.archive, "test/")
    model.eval()
    with torch.inference_mode():
        answers = torch.cat(
            [model(part.contiguous(memory_format=torch.channels_last)).argmax(1) for part in images.split(500)])
    print(json.dumps({"accuracy": (answers == targets).double().mean().item()}))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runner")
    parser.add_argument(
        "--archive", default=os.path.join(os.environ.get("RUNNER_DATA", ""), "cifar10-jpeg.zip"))
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--peer", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer is not None:
        return peer(options)
    if not options.runner:
        parser.error("--runner is missing")
    experiment = os.path.join(os.path.dirname(__file__), "..", "experiments", "cifar10.yaml")
    ratios = []
    for seed in range(1, options.seeds + 1):
        with tempfile.TemporaryDirectory() as folder:
            own, seconds = common.timed([
                options.runner, "run", experiment, f"data.dataset.image_folder={options.archive}", f"seed={seed}",
                f"epochs={options.epochs}", f"threads={options.threads}", "+report.plots=false", "--json", "--quiet",
                "--runs-dir", folder])
        other, theirs = common.timed(
            [sys.executable, __file__, "--peer", str(seed), "--archive", options.archive, "--epochs",
             str(options.epochs), "--threads", str(options.threads)] + (["--compile"] if options.compile else []))
        ratios.append(seconds / theirs)
        print(
            f"seed {seed}: runner {own['test']['accuracy']:.4f} in {seconds:.0f} s, PyTorch {other['accuracy']:.4f} "
            f"in {theirs:.0f} s, {ratios[-1]:.0%} of the time", flush=True)
    print(f"runner takes {statistics.median(ratios):.0%} of PyTorch's time (median of {len(ratios)})")


if __name__ == "__main__":
    main()
