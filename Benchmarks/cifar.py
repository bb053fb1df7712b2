"""Compares a small convolutional network of `runner` with the same one in PyTorch on the same JPEG files.

usage: cifar.py --runner PATH [--archive cifar10-jpeg.zip] [--per-class 500] [--epochs 3]

Without augmentation: the first 100 losses from equal weights in the same order must agree to 1e-5, which they do only
if the pixels are those of Pillow, and the test accuracies of five seeds each within their spread. The losses are those
of plain gradient descent: Adam amplifies rounding so much that PyTorch in single and in double precision differ by
1e-2 after 100 of these steps. The seeds are trained with Adam.
"""

import argparse
import csv
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import zipfile

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn.functional import cross_entropy

import common

BATCH = 128
EXPERIMENT = """
name: cifar
data:
  dataset: {{image_folder: {archive}}}
  limit: {{per_class: {per_class}}}
  transforms:
    - to_tensor
    - normalize: {{mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25]}}
  split: {{validation: 0.1}}
  batch_size: {batch}
model:
  - conv2d: {{out_channels: 16, kernel_size: 3, padding: 1}}
  - relu
  - max_pool2d: 2
  - conv2d: {{out_channels: 32, kernel_size: 3, padding: 1}}
  - relu
  - max_pool2d: 2
  - flatten
  - linear: 64
  - relu
  - linear: 10
optimizer: {{{optimizer}}}
train: {{epochs: {epochs}}}
"""


def network():
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(2048, 64), nn.ReLU(), nn.Linear(64, 10),
    )


def read(archive, part, per_class):
    """Images [n, 3, 32, 32], labels and places among all images of the part, in which classes take turns; the first
    `per_class` of each class, or all."""
    with zipfile.ZipFile(archive) as file:
        names = sorted(n for n in file.namelist() if n.startswith(part) and n.endswith(".jpg"))
        classes = sorted({name.split("/")[1] for name in names})
        groups = [[name for name in names if name.split("/")[1] == label] for label in classes]
        turns = sorted(
            ((rank + 0.5) / len(group), number, name)
            for number, group in enumerate(groups)
            for rank, name in enumerate(group)
        )
        taken, images, labels, places = dict.fromkeys(classes, 0), [], [], []
        for place, (_, _, name) in enumerate(turns):
            label = name.split("/")[1]
            if per_class and taken[label] == per_class:
                continue
            taken[label] += 1
            image = Image.open(io.BytesIO(file.read(name))).convert("RGB")
            images.append(np.asarray(image).transpose(2, 0, 1))
            labels.append(classes.index(label))
            places.append(place)
    pixels = torch.from_numpy(np.stack(images)).float().div_(255).sub_(0.5).div_(0.25)
    return pixels, torch.tensor(labels), np.array(places)


def train(model, optimizer, pixels, labels, batches):
    """Trains over `batches` and returns their losses."""
    losses = []
    for part in batches:
        loss = cross_entropy(model(pixels[part]), labels[part])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def batches_of(train_indices, epochs, order):
    """Batches of examples for each epoch, in the order that `order` gives."""
    for epoch in range(1, epochs + 1):
        yield from torch.from_numpy(train_indices[order(epoch)]).split(BATCH)


class Runs:
    def __init__(self, options, folder):
        self.options, self.folder = options, folder

    def run(self, optimizer, *overrides):
        experiment = os.path.join(self.folder, "cifar.yaml")
        with open(experiment, "w") as file:
            file.write(EXPERIMENT.format(
                archive=json.dumps(os.path.abspath(self.options.archive)), optimizer=optimizer,
                per_class=self.options.per_class, batch=BATCH, epochs=self.options.epochs))
        done = subprocess.run(
            [
                self.options.runner, "run", experiment, *overrides, "--json", "--quiet",
                "--runs-dir", os.path.join(self.folder, "runs"),
            ],
            stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)


def compare_losses(runs, images, labels, places):
    """Equal weights and order. Returns what is trained on, and whether the losses agree."""
    seed = common.SEED
    torch.manual_seed(1)
    model = network()
    initial = os.path.join(runs.folder, "initial.safetensors")
    common.save_weights(model, initial)
    epochs = max(runs.options.epochs, -(-100 * BATCH // (len(labels) * 9 // 10)))
    made = runs.run("sgd: 1e-2", f"weights={initial}", f"seed={seed}", f"epochs={epochs}")
    predictions = os.path.join(made["run"], "predictions.csv")
    with open(predictions, newline="") as file:
        held = [int(r["index"]) for r in csv.DictReader(file) if r["split"] == "validation"]
    indices = np.flatnonzero(~np.isin(places, held))
    ours = np.fromfile(os.path.join(made["run"], "losses.bin"), "<f8")[:100]
    theirs = train(
        model, torch.optim.SGD(model.parameters(), lr=1e-2), images, labels,
        list(batches_of(indices, epochs, lambda e: common.epoch_order(len(indices), e)))[:100])
    difference = np.abs(ours - np.array(theirs))
    print(
        f"losses: {len(theirs)} from equal weights and order, largest difference "
        f"{difference.max():.1e}, relative {(difference / ours).max():.1e}")
    return indices, difference.max() < 1e-5


def compare_seeds(runs, indices, images, labels, test_images, test_labels):
    ours = [runs.run("adam: 1e-3", f"seed={seed}")["test"]["accuracy"] for seed in range(1, 6)]
    theirs = []
    for seed in range(1, 6):
        torch.manual_seed(seed)
        model = network()
        train(
            model, torch.optim.Adam(model.parameters(), lr=1e-3), images, labels,
            batches_of(
                indices, runs.options.epochs, lambda _: torch.randperm(len(indices)).numpy()))
        with torch.inference_mode():
            answers = torch.cat([model(part).argmax(1) for part in test_images.split(1000)])
        theirs.append((answers == test_labels).double().mean().item())
    print("test accuracy, runner: ", " ".join(f"{value:.4f}" for value in ours))
    print("test accuracy, PyTorch:", " ".join(f"{value:.4f}" for value in theirs))
    difference = statistics.mean(ours) - statistics.mean(theirs)
    spread = 2 * max(statistics.stdev(ours), statistics.stdev(theirs))
    print(
        f"means {statistics.mean(ours):.4f} and {statistics.mean(theirs):.4f}; difference "
        f"{difference:+.4f}, spread {spread:.4f}")
    return abs(difference) <= spread


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runner", required=True)
    parser.add_argument(
        "--archive", default=os.path.join(os.environ.get("RUNNER_DATA", ""), "cifar10-jpeg.zip"))
    parser.add_argument("--per-class", type=int, default=500)
    parser.add_argument("--epochs", type=int, default=3)
    options = parser.parse_args()
    images, labels, places = read(options.archive, "train/", options.per_class)
    test_images, test_labels, _ = read(options.archive, "test/", 0)
    with tempfile.TemporaryDirectory() as folder:
        runs = Runs(options, folder)
        indices, agrees = compare_losses(runs, images, labels, places)
        same = compare_seeds(runs, indices, images, labels, test_images, test_labels)
    if not (agrees and same):
        sys.exit("the two do not agree")


if __name__ == "__main__":
    main()
