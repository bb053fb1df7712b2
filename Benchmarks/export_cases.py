"""The experiments of `exports.py`: every family of models on real data, which `$RUNNER_DATA` holds.

Classifiers see CIFAR-10, small networks MNIST, segmentation CamVid, detectors BCCD and tables Palmer's penguins. Where a
data set has fewer than 1,000 examples, mirrored pictures and rows drawn from its columns make up the rest; they are only
compared, so their annotations need not be right.
"""

import csv
import io
import os
import random
import zipfile

# Classifiers by the size of the images that they are given here.
CLASSIFIERS = {
    32: [
        "resnet20", "resnet32", "resnet56", "vit_tiny", "resnext50_32x4d", "mobilenet_v2", "mobilenet_v3_small",
        "mobilenet_v3_large", "efficientnet_b0", "efficientnet_v2_s", "shufflenet_v2_x1_0", "squeezenet1_1",
        "regnet_y_400mf", "densenet121", "convnext_tiny",
    ],
    64: [
        "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "wide_resnet50_2", "alexnet", "vgg11",
        "vgg11_bn", "vgg16", "vgg16_bn",
    ],
    224: ["resnet18 at 224", "vit_b_16"],
}
SEQUENTIAL = "[flatten, linear: 128, relu, dropout: 0.2, linear: 64, relu, linear: 10]"
ROWS = "{reshape: [28, 28]}"
# Models on MNIST: their layers and the split.
DIGITS = {
    "sequential": (SEQUENTIAL, "{validation: 0}"),
    "sequential, 5 folds": (SEQUENTIAL, "{folds: 5}"),
    "mlp": ("mlp", "{validation: 0}"),
    "lenet5": ("lenet5", "{validation: 0}"),
    "simple_cnn": ("simple_cnn", "{validation: 0}"),
    "simple_cnn, 3 folds": ("simple_cnn", "{folds: 3}"),
    "lstm": (f"[{ROWS}, lstm: {{hidden_size: 64, bidirectional: true, output: last}}, linear: 10]", "{validation: 0}"),
    "gru": (f"[{ROWS}, gru: {{hidden_size: 64, num_layers: 2, output: last}}, linear: 10]", "{validation: 0}"),
    "attention": (
        f"[{ROWS}, linear: 32, layer_norm, multi_head_attention: 4, gelu, flatten, linear: 10]", "{validation: 0}"),
}
MASKS = ["unet", "fcn_resnet50", "deeplabv3_resnet50", "lraspp_mobilenet_v3_large"]
DETECTORS = {"fcos, resnet18": "{backbone: resnet18, channels: 64}", "fcos, resnet50": "{}"}
TABLES = {"table": ("species", "{validation: 0.75}"), "table, 5 folds": ("species", "{folds: 5}"),
          "table, a number": ("body_mass_g", "{validation: 0.75}")}
IMAGENET = "normalize: {mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225]}"


def classifier(model, size, archive, test):
    resize = "" if size == 32 else f"resize: [{size}, {size}], "
    return f"""
data:
  dataset: {{image_folder: {archive}}}
  limit: {{train: {64 if size == 224 else 256}, test: {test}}}
  transforms: [{resize}to_tensor, {IMAGENET}]
  split: {{validation: 0}}
  batch_size: 16
model: {model.split()[0]}
optimizer: {{adam: {{lr: 1e-3}}}}
train: {{epochs: 1}}
seed: 1
"""


def digits(layers, split, test):
    # A fold is compared on its own validation examples.
    train = int(split.strip("{}").split(":")[1]) * test if "folds" in split else 2000
    return f"""
data:
  dataset: mnist
  limit: {{train: {train}, test: {test}}}
  transforms: [to_tensor, normalize: {{fit: train}}]
  split: {split}
  batch_size: 32
model: {layers}
optimizer: {{adam: {{lr: 1e-3}}}}
train: {{epochs: 1}}
seed: 1
"""


def masks(model, folder):
    return f"""
data:
  dataset: {{image_masks: {{images: {folder}, ignore: 11}}}}
  split: {{validation: given}}
  transforms: [resize: [48, 64], to_tensor, {IMAGENET}]
  batch_size: 4
model: {model}
optimizer: {{adam: {{lr: 1e-3}}}}
train: {{epochs: 2}}
seed: 1
"""


def detector(options, folder):
    return f"""
data:
  dataset: {{voc: {folder}}}
  split: {{validation: given}}
  transforms: [resize: [96, 128], to_tensor, {IMAGENET}]
  batch_size: 4
model: {{fcos: {options}}}
optimizer: {{adam: {{lr: 1e-3}}}}
train: {{epochs: 1}}
seed: 1
"""


def table(target, split, file):
    return f"""
data:
  dataset: {{table: {{file: {file}, target: {target}, impute: {{numbers: median, categories: own}}}}}}
  split: {split}
  batch_size: 32
model: [linear: 32, relu, linear]
optimizer: {{adam: {{lr: 1e-2}}}}
train: {{epochs: 3}}
seed: 1
"""


# Data ----------------------------------------------------------------------------------------------


def mirrored(data, mode):
    """An image file turned over: 0 left to right, 1 upside down, `None` not at all."""
    from PIL import Image, ImageOps

    if mode is None:
        return data
    image = Image.open(io.BytesIO(data))
    palette = image.getpalette() if image.mode == "P" else None
    turned = ImageOps.mirror(image) if mode == 0 else ImageOps.flip(image)
    if palette:
        turned.putpalette(palette)
    target = io.BytesIO()
    turned.save(target, image.format, **({"quality": 95} if image.format == "JPEG" else {}))
    return target.getvalue()


def turned(names, count):
    """The names with each way to turn them, `count` in all: as they are, then mirrored, then upside down."""
    return [(name, mode) for mode in (None, 0, 1) for name in names][:count]


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def camvid(archive, folder, count):
    """CamVid with all pictures for validation; 48 of them are for training, too, and 2 for testing."""
    with zipfile.ZipFile(archive) as file:
        names = sorted(name for name in file.namelist() if "/images/" in name and name.endswith(".jpg"))
        parts = {"val": turned(names, count), "train": turned(names[::15], 48), "test": turned(names[:2], 2)}
        for part, items in parts.items():
            for number, (name, mode) in enumerate(items):
                mask = name.replace("/images/", "/masks/").replace(".jpg", ".png")
                for kind, source in (("images", name), ("masks", mask)):
                    target = os.path.join(folder, part, kind, f"{number:04}{os.path.splitext(source)[1]}")
                    write(target, mirrored(file.read(source), mode))
        for name in ("classes.txt",):
            write(os.path.join(folder, name), file.read(name))
    return folder


def bccd(archive, folder, count):
    """BCCD with all pictures for validation, its 205 for training, and 2 for testing."""
    with zipfile.ZipFile(archive) as file:
        def names(part):
            return file.read(f"BCCD/ImageSets/Main/{part}.txt").decode().split()

        everything = names("train") + names("val") + names("test")
        parts = {"train": turned(names("train"), 205), "val": turned(everything, count), "test": turned(everything, 2)}
        for part, items in parts.items():
            for number, (name, mode) in enumerate(items):
                image = mirrored(file.read(f"BCCD/JPEGImages/{name}.jpg"), mode)
                write(os.path.join(folder, "JPEGImages", f"{part}{number:04}.jpg"), image)
                notes = file.read(f"BCCD/Annotations/{name}.xml").replace(
                    f"{name}.jpg".encode(), f"{part}{number:04}.jpg".encode())
                write(os.path.join(folder, "Annotations", f"{part}{number:04}.xml"), notes)
            listed = "".join(f"{part}{number:04}\n" for number in range(len(items)))
            write(os.path.join(folder, "ImageSets", "Main", f"{part}.txt"), listed.encode())
    return folder


def penguins(source, path, count):
    """The rows of the table and `count` more, of which every value is that of a random row."""
    random.seed(1)
    with open(source, newline="") as file:
        head, *rows = csv.reader(file)
    # Rows without a target cannot be trained on.
    mass = head.index("body_mass_g")
    known = [row for row in rows if row[mass] not in ("", "NA")]
    columns = list(zip(*rows))
    columns[mass] = [row[mass] for row in known]
    drawn = [[random.choice(column) for column in columns] for _ in range(count)]
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows([head] + known + drawn)
    return path


def cases(data, folder, count, wanted=None):
    """Names, what the models are given, and the texts of the experiments; data are written to `folder` as needed."""

    def source(name):
        path = os.path.join(data, name)
        if not os.path.exists(path):
            raise SystemExit(f"{path} does not exist; RUNNER_DATA has to hold it")
        return path

    def chosen(names):
        return [name for name in names if not wanted or name in wanted]

    found = []
    for name in chosen(DIGITS):
        layers, split = DIGITS[name]
        found.append((name, "MNIST 28×28", digits(layers, split, count)))
    for name in chosen(TABLES):
        target, split = TABLES[name]
        rows = penguins(source("penguins.csv"), os.path.join(folder, "penguins.csv"), 7 * count)
        found.append((name, "penguins", table(target, split, rows)))
    for size, models in CLASSIFIERS.items():
        for name in chosen(models):
            archive = source("cifar10-jpeg.zip")
            found.append((name, f"CIFAR-10 {size}×{size}", classifier(name, size, archive, count)))
    if chosen(MASKS):
        pictures = camvid(source("camvid-small.zip"), os.path.join(folder, "camvid"), count)
        found += [(name, "CamVid 48×64", masks(name, pictures)) for name in chosen(MASKS)]
    if chosen(DETECTORS):
        pictures = bccd(source("bccd.zip"), os.path.join(folder, "bccd"), count)
        found += [(name, "BCCD 96×128", detector(DETECTORS[name], pictures)) for name in chosen(DETECTORS)]
    return found
