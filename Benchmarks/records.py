"""`experiments/cifar10.yaml` beside the same recipe in PyTorch, whole processes in turn on the same machine.

usage: records.py --runner PATH [--epochs 12] [--seeds 1] [--threads N] [--compile]

PyTorch has all pictures as padded bytes in memory, decoded by as many processes as there are threads; crops, mirrors
and erases whole batches by indexing; and trains channels last with fused SGD, compiled if asked for. Its time begins
with the start of Python and ends with the accuracy of the test set, as runner's does, which also writes its run
directory with report and plots. Prints both test accuracies and the ratio of the times for each seed. Needs
cifar10-jpeg.zip in RUNNER_DATA.
"""

import argparse
import io
import json
import os
import statistics
import sys
import tempfile
import zipfile
from concurrent.futures import ProcessPoolExecutor

import numpy as np
from PIL import Image

import common

HERE = os.path.dirname(os.path.abspath(__file__))
EXPERIMENT = os.path.join(HERE, "..", "experiments", "cifar10.yaml")
BATCH, RATE, WIDTH = 256, 0.2, 32
MEAN, STD = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)


def archive():
    return os.path.join(os.environ["RUNNER_DATA"], "cifar10-jpeg.zip")


def decoded(names):
    """Pictures [n, 32, 32, 3]."""
    with zipfile.ZipFile(archive()) as file:
        return np.stack([np.asarray(Image.open(io.BytesIO(file.read(name))).convert("RGB")) for name in names])


def pictures(part, pool, processes):
    """The bytes of all pictures of a part and their classes."""
    with zipfile.ZipFile(archive()) as file:
        names = sorted(name for name in file.namelist() if name.startswith(part) and name.endswith(".jpg"))
    classes = sorted({name.split("/")[1] for name in names})
    size = -(-len(names) // processes)
    parts = [names[start:start + size] for start in range(0, len(names), size)]
    return np.concatenate(list(pool.map(decoded, parts))), [classes.index(name.split("/")[1]) for name in names]


def network():
    import torch
    from torch import nn

    def convolution(before, channels):
        return nn.Sequential(
            nn.Conv2d(before, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU(inplace=True))

    class Residual(nn.Module):
        def __init__(self, channels):
            super().__init__()
            self.layers = nn.Sequential(convolution(channels, channels), convolution(channels, channels))

        def forward(self, x):
            return x + self.layers(x)

    return nn.Sequential(
        convolution(3, WIDTH), convolution(WIDTH, 2 * WIDTH), nn.MaxPool2d(2), Residual(2 * WIDTH),
        convolution(2 * WIDTH, 4 * WIDTH), nn.MaxPool2d(2), convolution(4 * WIDTH, 8 * WIDTH), nn.MaxPool2d(2),
        Residual(8 * WIDTH), nn.MaxPool2d(4), nn.Flatten(), nn.Linear(8 * WIDTH, 10)).to(memory_format=torch.channels_last)


def peer(options):
    """Trains in PyTorch and prints the test accuracy as JSON."""
    import torch
    from torch.nn import functional as F

    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    with ProcessPoolExecutor(options.threads) as pool:
        (images, labels), (test, truth) = (pictures(part, pool, options.threads) for part in ("train/", "test/"))
    padded = torch.from_numpy(np.pad(images, ((0, 0), (4, 4), (4, 4), (0, 0)), mode="reflect"))
    labels, truth = torch.tensor(labels), torch.tensor(truth)
    mean, std = (255 * torch.tensor(values).view(1, 3, 1, 1) for values in (MEAN, STD))
    model = network()
    forward = torch.compile(model) if options.compile else model
    optimizer = torch.optim.SGD(
        model.parameters(), lr=RATE, momentum=0.9, nesterov=True, weight_decay=5e-4, fused=True)
    steps = -(-len(labels) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, RATE, total_steps=options.epochs * steps, pct_start=0.25, anneal_strategy="linear")
    across = torch.arange(32)
    for _ in range(options.epochs):
        for part in torch.randperm(len(labels)).split(BATCH):
            count = len(part)
            rows = torch.randint(9, (count, 1)) + across
            columns = torch.randint(9, (count, 1)) + across
            columns = torch.where(torch.rand(count, 1) < 0.5, columns.flip(1), columns)
            batch = padded[part[:, None, None], rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)
            batch = (batch.float() - mean) / std
            top, left = torch.randint(25, (2, count, 1))
            inside = ((across >= top) & (across < top + 8))[:, :, None] & ((across >= left) & (across < left + 8))[:, None, :]
            batch = batch.masked_fill(inside[:, None], 0)
            loss = F.cross_entropy(forward(batch), labels[part], label_smoothing=0.1)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    model.eval()
    right = 0
    with torch.inference_mode():
        for part in torch.arange(len(truth)).split(500):
            batch = torch.from_numpy(test[part.numpy()]).permute(0, 3, 1, 2)
            right += int((model((batch.float() - mean) / std).argmax(1) == truth[part]).sum())
    print(json.dumps({"accuracy": right / len(truth)}))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runner", default=os.path.join(HERE, "..", ".build", "release", "runner"))
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--seed", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.seed is not None:
        return peer(options)
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in options.seeds:
            summary, ours = common.timed([
                options.runner, EXPERIMENT, f"data.dataset.image_folder={archive()}", f"seed={seed}",
                f"train.epochs={options.epochs}", "--json", "--quiet", "--runs-dir", folder])
            found, theirs = common.timed([
                sys.executable, __file__, "--seed", str(seed), "--epochs", str(options.epochs), "--threads",
                str(options.threads), *(["--compile"] if options.compile else [])])
            ratios.append(ours / theirs)
            print(
                f"seed {seed}: runner {ours:.0f} s, accuracy {summary['test']['accuracy']:.4f}; PyTorch"
                f"{', compiled' if options.compile else ''} {theirs:.0f} s, {found['accuracy']:.4f}; "
                f"{ratios[-1]:.2f} of its time", flush=True)
    print(f"median: {statistics.median(ratios):.2f} of PyTorch's time")


if __name__ == "__main__":
    main()
