"""Golden images of random_resized_crop, blurring, perspective, tones and the automatic policies, made by
torchvision: bytes on PIL images, floats on tensors. Every random choice is stored as an argument.

`python3 make_augmentations.py` writes them beside itself, in the form that golden.py describes.
"""

import math

import torch

from golden import COLOUR, GREY, MODES, F, F2, Golden
from torchvision import transforms as T

golden = Golden("resized_crop")
for mode in MODES:
    for shape, box, size in [
        (COLOUR, [2, 3, 8, 9], [12, 10]), (GREY, [0, 0, 13, 17], [7, 9]), ((3, 40, 33), [5, 4, 30, 21], [8, 8]),
        (GREY, [4, 5, 6, 9], [6, 14]), (GREY, [4, 5, 6, 9], [11, 9]), (COLOUR, [1, 6, 8, 8], [8, 8]),
        ((3, 48, 20), [3, 2, 40, 15], [6, 12]), (GREY, [12, 16, 1, 1], [3, 4]), ((3, 36, 36), [0, 1, 32, 32], [32, 32]),
    ]:
        arguments = {"box": box, "size": size, "interpolation": mode, "antialias": True}
        golden.add("bytes", shape, arguments, lambda x: F.resized_crop(x, *box, size, MODES[mode]))
    for shape, box, size in [
        (COLOUR, [2, 3, 8, 9], [12, 10]), ((3, 40, 33), [5, 4, 30, 21], [8, 8]), (GREY, [4, 5, 6, 9], [6, 14]),
    ]:
        for antialias in (True, False):
            arguments = {"box": box, "size": size, "interpolation": mode, "antialias": antialias}
            golden.add(
                "floats", shape, arguments,
                lambda x: F.resized_crop(x, *box, size, MODES[mode], antialias=antialias))
golden.write()

# The size that is used most: a strip of 224 columns.
golden = Golden("resized_crop_strip")
box = [31, 17, 211, 280]
golden.add(
    "bytes", (1, 300, 400), {"box": box, "size": [12, 224], "interpolation": "bilinear", "antialias": True},
    lambda x: F.resized_crop(x, *box, [12, 224], MODES["bilinear"]))
golden.write()

# What evaluation does: resize to cover the size, then crop the centre.
golden = Golden("resized_crop_evaluation")
for mode in MODES:
    for shape, size in [(COLOUR, 8), (GREY, 20), ((3, 40, 33), 11), ((1, 9, 50), 6), ((1, 50, 9), 12), ((1, 50, 9), 9)]:
        golden.add(
            "bytes", shape, {"size": size, "interpolation": mode},
            lambda x: F.center_crop(F.resize(x, size, MODES[mode]), size))
        if mode != "nearest":
            golden.add(
                "floats", shape, {"size": size, "interpolation": mode},
                lambda x: F.center_crop(F.resize(x, size, MODES[mode], antialias=True), size))
golden.write()

# How torchvision rounds the sides of a part, and what it takes if none fits.
parts = {"sides": [], "central": []}
torch.manual_seed(1)
for _ in range(40):
    area, ratio = float(torch.rand(1)) * 50000, math.exp(float(torch.rand(1)) * 2 - 1)
    parts["sides"].append(
        [area, ratio, int(round(math.sqrt(area / ratio))), int(round(math.sqrt(area * ratio)))])
for height, width in [(13, 17), (40, 10), (10, 40), (100, 77), (75, 100), (300, 7), (7, 300), (1, 1), (30, 40), (40, 30), (29, 40)]:
    found = T.RandomResizedCrop.get_params(torch.zeros(1, height, width), (100.0, 100.0), (3 / 4, 4 / 3))
    parts["central"].append([height, width, *found])
golden = Golden("resized_crop_parts")
for name, rows in parts.items():
    for row in rows:
        golden.add("bytes", (1, 1, 1), {"form": name, "row": [float(value) for value in row]}, lambda x: x)
golden.write()
