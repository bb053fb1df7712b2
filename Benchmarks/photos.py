"""How fast `runner` and torchvision feed a small network with JPEG files that are much larger than its input, in turn
on the same machine: the first epoch, which decodes them.

usage: photos.py --runner PATH [--size 4000x3000] [--transforms crop|resize] [--photos 96] [--rounds 3]

The files are pictures of bccd.zip, enlarged, with the noise of a camera. The transforms are resize: 256 and
center_crop: 224, or resize: [224, 224]. Contestants are torchvision's ImageFolder with two workers, the same with
Pillow's `Image.draft`, `runner`, and `runner` with decode: fast, each with an empty store. Images a second of an epoch;
ratios are taken within a round.
"""

import argparse
import io
import os
import statistics
import subprocess
import tempfile
import zipfile

import numpy as np
import torch
from PIL import Image

import common
import pictures

BATCH = 16
STEPS = {"crop": "[resize: 256, center_crop: 224, to_tensor]", "resize": "[resize: [224, 224], to_tensor]"}
EXPERIMENT = """
name: photos
data:
  dataset: {{image_folder: {folder}}}
  decode: {decode}
  transforms: {transforms}
  batch_size: {batch}
  split: {{validation: 0}}
model:
{model}
optimizer: {{adam: {{lr: 1e-3}}}}
train: {{epochs: 1}}
"""
NETWORK = "pooling and one convolution"


def write(folder, count, width, height):
    """`count` photographs for training and four for testing, in two classes that differ in brightness."""
    draws = np.random.default_rng(0)
    noise = draws.normal(0, 4, (height, width, 3))
    with zipfile.ZipFile(os.path.join(os.environ["RUNNER_DATA"], "bccd.zip")) as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".jpg"))
        for number in range(count + 4):
            picture = Image.open(io.BytesIO(archive.read(names[number % len(names)]))).convert("RGB")
            large = np.asarray(picture.resize((width, height), Image.Resampling.BICUBIC), np.float32)
            level = 30 * (number % 2) - 15
            large = np.clip(large + level + np.roll(noise, number * 7, 1), 0, 255).astype(np.uint8)
            buffer = io.BytesIO()
            Image.fromarray(large).save(buffer, "JPEG", quality=90)
            part = "train" if number < count else "test"
            pictures.write(f"{folder}/{part}/{number % 2}/{number}.jpg", buffer.getvalue())


def drafted(path):
    """As ImageFolder opens files, but not larger than the resizing needs them."""
    with open(path, "rb") as file:
        image = Image.open(file)
        # As large as the shorter side has to be, whichever it is.
        width, height = image.size
        side = 256 / min(width, height)
        image.draft("RGB", (int(width * side), int(height * side)))
        return image.convert("RGB")


def torchvision_rate(folder, steps, draft):
    vision = common.torchvision()
    transforms = vision.transforms
    resize = (
        [transforms.Resize(256), transforms.CenterCrop(224)] if steps == "crop"
        else [transforms.Resize((224, 224))])
    data = vision.datasets.ImageFolder(
        f"{folder}/train", transforms.Compose(resize + [transforms.ToTensor()]),
        **({"loader": drafted} if draft else {}))
    return pictures.epoch_rate(data, BATCH, pictures.network(NETWORK, 1, len(data.classes)))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runner", required=True)
    parser.add_argument("--size", default="4000x3000")
    parser.add_argument("--transforms", choices=STEPS, default="crop")
    parser.add_argument("--photos", type=int, default=96)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    runner = os.path.abspath(options.runner)
    torch.set_num_threads(2)
    with tempfile.TemporaryDirectory() as work:
        folder = f"{work}/images"
        write(folder, options.photos, *map(int, options.size.split("x")))
        rows = []
        for _ in range(options.rounds):
            rates = [torchvision_rate(folder, options.transforms, draft) for draft in (False, True)]
            for decode in "exact", "fast":
                experiment = f"{work}/{decode}.yaml"
                with open(experiment, "w") as file:
                    file.write(EXPERIMENT.format(
                        folder=folder, decode=decode, transforms=STEPS[options.transforms],
                        batch=BATCH, model=pictures.MODELS[NETWORK]))
                subprocess.run(["rm", "-rf", f"{work}/cache/images"], check=True)
                rates += pictures.runner_rates(runner, experiment, work)
            rows.append(rates)
    print("| files | torchvision, images/s | with draft | `runner` | `decode: fast` |")
    print("| --- | ---: | ---: | ---: | ---: |")
    texts = []
    for place in 1, 2, 3:
        ratios = [row[place] / row[0] for row in rows]
        texts.append(f"{statistics.median(ratios):.2f} × ({min(ratios):.2f} to {max(ratios):.2f})")
    peer = statistics.median(row[0] for row in rows)
    print(f"| {options.size}, {options.transforms} | {peer:.1f} | " + " | ".join(texts) + " |")


main()
