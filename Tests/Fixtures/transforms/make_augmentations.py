"""Golden images of random_resized_crop, blurring, perspective, tones and the automatic policies, made by
torchvision: bytes on PIL images, floats on tensors. Every random choice is stored as an argument.

`python3 make_augmentations.py` writes them beside itself, in the form that golden.py describes.
"""

import math

import torch

from golden import COLOUR, GREY, MODES, F, F2, Golden
from torchvision import transforms as T
from torchvision.transforms import v2

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

golden = Golden("gaussian_blur")
for shape, kernel, sigma in [
    (GREY, [3, 3], 0.5), (COLOUR, [5, 9], 1.7), (GREY, [23, 3], 2.0), (COLOUR, [1, 7], 0.9), (GREY, [5, 5], 0.01),
    (GREY, [33, 25], 30.0), ((3, 30, 34), [23, 23], 1.234),
]:
    golden.both(
        shape, {"kernel": kernel, "sigma": sigma}, lambda x: F2.gaussian_blur(x, kernel, [sigma, sigma]))
golden.write()

golden = Golden("perspective")
for mode in ("nearest", "bilinear"):
    for shape, corners in [
        (GREY, [[2, 1], [14, 3], [15, 11], [1, 9]]), (COLOUR, [[0, 3], [12, 0], [16, 10], [4, 12]]),
        ((1, 28, 28), [[6, 2], [20, 7], [26, 22], [3, 25]]), (COLOUR, [[4, 3], [9, 5], [11, 9], [6, 8]]),
        ((3, 20, 14), [[0, 0], [13, 4], [12, 15], [0, 19]]),
    ]:
        height, width = shape[1:]
        start = [[0, 0], [width - 1, 0], [width - 1, height - 1], [0, height - 1]]
        for kind, fill in (("bytes", [9.0, 200.0, 30.0][:shape[0]]), ("floats", [0.25] * shape[0])):
            golden.add(
                kind, shape, {"corners": sum(corners, []), "interpolation": mode, "fill": fill},
                lambda x: F.perspective(x, start, corners, MODES[mode], fill=fill))
golden.write()

golden = Golden("tones")
for shape in [GREY, COLOUR, (1, 1, 5), (1, 2, 9), (1, 40, 40)]:
    for name, function in [("invert", F2.invert), ("autocontrast", F2.autocontrast), ("equalize", F2.equalize)]:
        golden.add("bytes", shape, {"operation": name, "value": 0}, function)
        if shape not in (GREY, (1, 1, 5)):
            golden.add("floats", shape, {"operation": name, "value": 0}, function)
    # Of a low contrast, so that there is something to stretch.
    golden.add("bytes", shape, {"operation": "autocontrast", "value": 0, "divided": 3},
               lambda x: F2.autocontrast(x.point(lambda value: value // 3)))
for bits in (1, 3, 8):
    golden.both(COLOUR, {"operation": "posterize", "value": bits}, lambda x: F2.posterize(x, bits))
for threshold in (0.0, 127.5, 128.0, 255.0):
    golden.add("bytes", COLOUR, {"operation": "solarize", "value": threshold}, lambda x: F2.solarize(x, threshold))
    golden.add("floats", COLOUR, {"operation": "solarize", "value": threshold / 255},
               lambda x: F2.solarize(x, threshold / 255))
for factor in (0.0, 0.3, 1.0, 1.9, 12.5):
    for shape in (GREY, COLOUR, (1, 2, 9), (1, 3, 3)):
        golden.add("bytes", shape, {"operation": "sharpness", "value": factor}, lambda x: F2.adjust_sharpness(x, factor))
        if shape != COLOUR:
            golden.add("floats", shape, {"operation": "sharpness", "value": factor},
                       lambda x: F2.adjust_sharpness(x, factor))
golden.write()


def drawing(transform, integers, uniforms):
    """`transform` with these numbers in place of the random ones; all have to be used."""
    def call(x):
        originals = torch.randint, torch.rand
        whole, shares = list(integers), list(uniforms)
        torch.randint = lambda *_: torch.tensor(whole.pop(0))
        torch.rand = lambda *_: torch.tensor(shares.pop(0))
        try:
            result = transform(x)
        finally:
            torch.randint, torch.rand = originals
        assert not whole and not shares
        return result
    return call


# The policies are those of torchvision.transforms.v2. A uniform number of 0 negates a magnitude, 1 does not.
SPACE = v2.TrivialAugmentWide._AUGMENTATION_SPACE
golden = Golden("trivial_augment_wide")
for index, (name, (magnitudes, signed)) in enumerate(SPACE.items()):
    leveled = magnitudes(31, 13, 17) is not None
    for shape, bins, bin, sign in [
        (COLOUR, 31, 0, 1), (COLOUR, 31, 6, 0), (GREY, 31, 15, 1), (COLOUR, 31, 30, 0), (COLOUR, 10, 4, 1),
    ] if leveled else [(COLOUR, 31, 0, 1), (GREY, 31, 0, 1)]:
        mode = ("nearest", "bilinear")[bin % 2 if bins == 31 else 1]
        fill = [7.0, 8.0, 250.0][:shape[0]]
        golden.add(
            "bytes", shape,
            {"operation": index, "bins": bins, "bin": bin, "negative": sign == 0, "interpolation": mode, "fill": fill},
            drawing(
                v2.TrivialAugmentWide(bins, MODES[mode], fill), [index, bin] if leveled else [index],
                [float(sign)] if signed else []))
golden.write()

SPACE = v2.RandAugment._AUGMENTATION_SPACE
golden = Golden("rand_augment")
names = list(SPACE)
for place in range(len(names)):
    operations = [place, (place * 5 + 3) % 14] + ([(place * 3 + 1) % 14] if place % 3 == 0 else [])
    bins, magnitude = [(31, 9), (31, 30), (10, 5), (31, 17)][place % 4]
    signs = [float((place + number) % 2) for number in range(len(operations))]
    golden.add(
        "bytes", COLOUR,
        {"operations": operations, "bins": bins, "magnitude": magnitude, "negative": [1 - int(sign) for sign in signs],
         "interpolation": "nearest", "fill": [0.0]},
        drawing(
            v2.RandAugment(len(operations), magnitude, bins), operations,
            [sign for sign, number in zip(signs, operations) if SPACE[names[number]][1]]))
golden.write()

golden = Golden("auto_augment")
for policy in ("imagenet", "cifar10", "svhn"):
    transform = v2.AutoAugment(v2.AutoAugmentPolicy(policy))
    for index, pair in enumerate(transform._policies):
        sign = float(index % 2)
        uniforms = []
        for name, probability, _ in pair:
            uniforms.append(0.0)
            if v2.AutoAugment._AUGMENTATION_SPACE[name][1]:
                uniforms.append(sign)
        golden.add(
            "bytes", COLOUR,
            {"policy": policy, "pair": index, "p": [probability for _, probability, _ in pair],
             "negative": sign == 0, "interpolation": "nearest", "fill": [0.0]},
            drawing(transform, [index], uniforms), seed=3)
golden.write()

# All magnitudes: a row for each operation that has some, in the order of the space. Made on a machine with
# AVX-512, where torch.linspace computes up to 31 numbers one by one.
golden = Golden("policy_magnitudes")
for form, space in (("wide", v2.TrivialAugmentWide._AUGMENTATION_SPACE), ("usual", v2.RandAugment._AUGMENTATION_SPACE)):
    for bins in (2, 3, 5, 8, 10, 31):
        for height, width in ((13, 17), (224, 301)):
            rows = [magnitudes(bins, height, width) for magnitudes, _ in space.values()]
            values = torch.stack([row.to(torch.float32) for row in rows if row is not None])
            golden.add(
                "floats", (1, 1, 1), {"form": form, "bins": bins, "height": height, "width": width},
                lambda _: values[None])
golden.write()
