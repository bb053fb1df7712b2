"""How fast `runner` and torchvision feed a small network with JPEG files, in turn on the same machine.

usage: pictures.py --runner PATH [--set cifar|camvid] [--rounds 3] [--epochs 3]

The files are those of cifar10-jpeg.zip (2,000 of each class, 32×32) or 4,000 of 500×375 made from camvid-small.zip,
trained on at 32 and at 224 pixels with random_resized_crop and random_horizontal_flip. torchvision's ImageFolder has a
DataLoader with two workers; `runner` starts with an empty store (its first epoch decodes) and then with a full one.
Images a second of whole epochs, the training step included; ratios are taken within a round.
"""

import argparse
import glob
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

import numpy as np
import torch
from PIL import Image
from torch import nn

import common

BATCH = 128
SIZES = {"cifar": 32, "camvid": 224}
EXPERIMENT = """
name: pictures
data:
  dataset: {{image_folder: {folder}}}
  transforms:
    - random_resized_crop: {{size: {size}}}
    - random_horizontal_flip
    - to_tensor
    - normalize: {{mean: [0.49, 0.48, 0.45], std: [0.25, 0.24, 0.26]}}
  batch_size: {batch}
  split: {{validation: 0}}
model:
{model}
optimizer: {{adam: {{lr: 1e-3}}}}
train: {{epochs: {epochs}}}
"""
MODELS = {
    "pooling and one convolution": """
  - max_pool2d: 4
  - conv2d: {out_channels: 8, kernel_size: 3, padding: 1}
  - relu
  - global_avg_pool
  - linear: ${data.classes}""",
    "two convolutions": """
  - conv2d: {out_channels: 32, kernel_size: 3, stride: %d, padding: 1}
  - relu
  - max_pool2d: 2
  - conv2d: {out_channels: 64, kernel_size: 3, padding: 1}
  - relu
  - max_pool2d: 2
  - global_avg_pool
  - linear: ${data.classes}""",
}


def network(name, stride, classes):
    if name.startswith("pooling"):
        layers = [nn.MaxPool2d(4), nn.Conv2d(3, 8, 3, padding=1), nn.ReLU()]
        width = 8
    else:
        layers = [
            nn.Conv2d(3, 32, 3, stride=stride, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        ]
        width = 64
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, classes))


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def cifar(folder):
    with zipfile.ZipFile(os.path.join(os.environ["RUNNER_DATA"], "cifar10-jpeg.zip")) as archive:
        taken = {}
        for name in sorted(archive.namelist()):
            if not name.endswith(".jpg"):
                continue
            part, label, file = name.split("/")[-3:]
            taken[part, label] = taken.get((part, label), 0) + 1
            if taken[part, label] <= (2000 if part == "train" else 50):
                write(f"{folder}/{part}/{label}/{file}", archive.read(name))


def camvid(folder):
    """Random parts of the pictures, enlarged; their four classes are their places, which a network can learn."""
    draws = np.random.default_rng(0)
    with zipfile.ZipFile(os.path.join(os.environ["RUNNER_DATA"], "camvid-small.zip")) as archive:
        names = sorted(n for n in archive.namelist() if "/images/" in n and n.endswith(".jpg"))
        pictures = [Image.open(io.BytesIO(archive.read(name))).convert("RGB") for name in names]
    for number in range(4200):
        picture = pictures[number % len(pictures)]
        label = int(draws.integers(4))
        width, height = picture.width * 2 // 3, picture.height * 2 // 3
        left = label % 2 * (picture.width - width)
        top = label // 2 * (picture.height - height)
        part = picture.crop((left, top, left + width, top + height)).resize((500, 375))
        buffer = io.BytesIO()
        part.save(buffer, "JPEG", quality=90)
        name = "train" if number < 4000 else "test"
        write(f"{folder}/{name}/{label}/{number}.jpg", buffer.getvalue())


def torchvision_rate(folder, size, model, stride):
    """Images a second of an epoch, after one that warms up the workers' file cache."""
    vision = common.torchvision()
    transforms = vision.transforms
    transform = transforms.Compose([
        transforms.RandomResizedCrop(size), transforms.RandomHorizontalFlip(), transforms.ToTensor(),
        transforms.Normalize([0.49, 0.48, 0.45], [0.25, 0.24, 0.26]),
    ])
    data = vision.datasets.ImageFolder(f"{folder}/train", transform)
    return epoch_rate(data, BATCH, network(model, stride, len(data.classes)))


def epoch_rate(data, batch, net):
    """Images a second of an epoch of training on a data set of torchvision's, with two workers."""
    loader = torch.utils.data.DataLoader(data, batch, shuffle=True, num_workers=2)
    optimizer = torch.optim.Adam(net.parameters(), 1e-3)
    start = time.perf_counter()
    for images, labels in loader:
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(images), labels).backward()
        optimizer.step()
    return len(data) / (time.perf_counter() - start)


def runner_rates(runner, experiment, work):
    """Images a second of each epoch."""
    before = set(glob.glob(f"{work}/runs/*"))
    environment = {**os.environ, "RUNNER_CACHE": f"{work}/cache"}
    result = subprocess.run(
        [runner, experiment], cwd=work, env=environment, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(result.stderr)
    (run,) = set(glob.glob(f"{work}/runs/*")) - before
    with open(f"{run}/timings.jsonl") as file:
        return [json.loads(line)["examples_per_second"] for line in file]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runner", required=True)
    parser.add_argument("--set", choices=SIZES, action="append")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=3)
    options = parser.parse_args()
    runner = os.path.abspath(options.runner)
    torch.set_num_threads(2)
    print("| files | network | torchvision, images/s | first epoch | first epoch, full store | later epochs |")
    print("| --- | --- | ---: | ---: | ---: | ---: |")
    for name in options.set or SIZES:
        with tempfile.TemporaryDirectory() as work:
            folder = f"{work}/images"
            {"cifar": cifar, "camvid": camvid}[name](folder)
            for model, layers in MODELS.items():
                stride = 1 if name == "cifar" else 4
                experiment = f"{work}/experiment.yaml"
                with open(experiment, "w") as file:
                    file.write(EXPERIMENT.format(
                        folder=folder, size=SIZES[name], batch=BATCH, epochs=options.epochs,
                        model=layers % stride if "%d" in layers else layers))
                rows = []
                for _ in range(options.rounds):
                    subprocess.run(["rm", "-rf", f"{work}/cache/images"], check=True)
                    empty = runner_rates(runner, experiment, work)
                    full = runner_rates(runner, experiment, work)
                    peer = torchvision_rate(folder, SIZES[name], model, stride)
                    rows.append((peer, empty[0] / peer, full[0] / peer,
                                 statistics.median(empty[1:] + full[1:]) / peer))
                peer, *ratios = zip(*rows)
                texts = [f"{statistics.median(r):.2f} × ({min(r):.2f} to {max(r):.2f})" for r in ratios]
                print(f"| {name}, {SIZES[name]} × {SIZES[name]} | {model} | {statistics.median(peer):.0f} | "
                      + " | ".join(texts) + " |", flush=True)


if __name__ == "__main__":
    main()
