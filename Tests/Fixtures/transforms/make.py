"""Golden images, made by torchvision: bytes on PIL images, floats on tensors.

`python3 make.py` writes one file for each transform beside itself, in the form that golden.py describes;
make_augmentations.py writes those of the transforms that are named there.
"""

import torch

from golden import COLOUR, GREY, MODES, F, F2, Golden, array

golden = Golden("resize")
for mode in MODES:
    for shape, size in [
        ((1, 28, 28), [32, 32]), (GREY, [7, 9]), (COLOUR, [20, 11]), ((1, 28, 28), [14]),
        (COLOUR, [31]), ((1, 40, 9), [5, 27]), (GREY, [13, 30]), (GREY, [6, 17]), ((1, 1, 5), [3, 2]),
        ((1, 5, 1), [2, 4]), (GREY, [13]),
    ]:
        golden.add(
            "bytes", shape, {"size": size, "interpolation": mode, "antialias": True},
            lambda x: F.resize(x, size, MODES[mode]))
    for shape, size in [((1, 28, 28), [14]), (COLOUR, [20, 11]), (GREY, [7, 9]), ((1, 40, 9), [5, 27]), (GREY, [6, 17])]:
        for antialias in (True, False):
            golden.add(
                "floats", shape, {"size": size, "interpolation": mode, "antialias": antialias},
                lambda x: F.resize(x, size, MODES[mode], antialias=antialias))
    # Which pass comes first, at the edge of Pillow's rule: from 18x6 to 10x2 columns, to 9x2 rows.
    for size in ([10, 2], [9, 2]):
        golden.add(
            "bytes", (1, 18, 6), {"size": size, "interpolation": mode, "antialias": True},
            lambda x: F.resize(x, size, MODES[mode]))
# The size that matters most: 28 to 224, a strip of it.
golden.add(
    "bytes", (1, 28, 28), {"size": [224, 40], "interpolation": "bilinear", "antialias": True},
    lambda x: F.resize(x, [224, 40], MODES["bilinear"]))
golden.write()

golden = Golden("center_crop")
for shape, size in [(GREY, [9, 8]), (COLOUR, [10, 10]), (GREY, [20, 12]), (COLOUR, [8, 22]), (GREY, [18, 24])]:
    golden.both(shape, {"size": size}, lambda x: F.center_crop(x, size))
golden.write()

# Test-time augmentation; the second five of ten are crops of the mirrored picture.
golden = Golden("views")
for shape, size in [(GREY, [9, 8]), (COLOUR, [10, 7])]:
    for index in range(10):
        golden.both(
            shape, {"size": size, "index": index}, lambda x: F.ten_crop(x, size)[index])
golden.write()

golden = Golden("pad")
for shape, padding in [(GREY, [2]), (COLOUR, [3, 1]), (GREY, [4, 0, 2, 5])]:
    for mode in ("constant", "edge", "reflect", "symmetric"):
        golden.add(
            "bytes", shape, {"padding": padding, "fill": [7.0], "padding_mode": mode},
            lambda x: F.pad(x, padding, 7, mode))
golden.add(
    "bytes", COLOUR, {"padding": [2], "fill": [1.0, 20.0, 255.0], "padding_mode": "constant"},
    lambda x: F.pad(x, [2], (1, 20, 255), "constant"))
for mode in ("constant", "edge", "reflect", "symmetric"):
    golden.add(
        "floats", GREY, {"padding": [4, 0, 2, 5], "fill": [0.25], "padding_mode": mode},
        lambda x: F.pad(x, [4, 0, 2, 5], 0.25, mode))
golden.write()

golden = Golden("grayscale")
for shape in (GREY, COLOUR):
    for channels in (1, 3):
        golden.add(
            "bytes", shape, {"num_output_channels": channels},
            lambda x: F.to_grayscale(x, channels))
for channels in (1, 3):
    golden.add(
        "floats", COLOUR, {"num_output_channels": channels},
        lambda x: F.rgb_to_grayscale(x, channels))
golden.write()

golden = Golden("convert")
golden.add("bytes", (1, 40, 40), {"dtype": "float32"},
           lambda x: F2.to_dtype(torch.from_numpy(array(x).copy()), torch.float32, scale=True))
golden.add("floats", (1, 40, 40), {"dtype": "uint8"},
           lambda x: F2.to_dtype(x, torch.uint8, scale=True))
golden.write()

golden = Golden("to_tensor")
golden.add("bytes", (1, 40, 40), {}, lambda x: F.to_tensor(x))
golden.write()

golden = Golden("normalize")
golden.add("floats", COLOUR, {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]},
           lambda x: F.normalize(x, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))
golden.write()

golden = Golden("flip")
for shape in (GREY, COLOUR):
    golden.both(shape, {"horizontal": True}, F.hflip)
    golden.both(shape, {"horizontal": False}, F.vflip)
golden.write()

golden = Golden("rotation")
for mode in ("nearest", "bilinear"):
    for shape, angle in [
        (GREY, 10.0), (COLOUR, -33.7), (GREY, 127.25), (COLOUR, 271.5), (GREY, 0.5), (GREY, 90.0),
        (GREY, 180.0), (GREY, -270.0), ((3, 12, 12), 90.0), ((1, 12, 12), 270.0), ((1, 12, 12), 360.0),
        ((1, 28, 28), 45.0), ((1, 28, 28), -14.9),
    ]:
        fill = [9.0, 200.0, 30.0] if shape[0] == 3 else [9.0]
        golden.add(
            "bytes", shape, {"angle": angle, "interpolation": mode, "fill": fill},
            lambda x: F.rotate(x, angle, MODES[mode], fill=[int(value) for value in fill]))
    for shape, angle in [(GREY, 10.0), (COLOUR, -33.7), (GREY, 127.25), ((1, 28, 28), 45.0)]:
        fill = [0.5] * shape[0]
        golden.add(
            "floats", shape, {"angle": angle, "interpolation": mode, "fill": fill},
            lambda x: F.rotate(x, angle, MODES[mode], fill=fill))
golden.write()

golden = Golden("affine")
for mode in ("nearest", "bilinear"):
    for shape, angle, translate, scale, shear in [
        (GREY, 12.5, [2, -3], 1.1, [0.0, 0.0]), (COLOUR, -40.0, [0, 1], 0.7, [10.0, 0.0]),
        (GREY, 0.0, [3, -2], 1.0, [0.0, 0.0]), (GREY, 0.0, [0, 0], 1.3, [0.0, 0.0]),
        (COLOUR, 77.0, [-4, 4], 1.9, [-15.0, 8.0]), ((1, 28, 28), 3.3, [1, 2], 0.95, [4.0, -7.0]),
        # Far outside, where fixed point does not reach.
        (GREY, 20.0, [0, 0], 0.001, [0.0, 0.0]), (GREY, 30.0, [0, 0], 0.0004, [0.0, 0.0]),
        (GREY, 0.0, [0, 0], 0.001, [0.0, 0.0]),
    ]:
        arguments = {"angle": angle, "translate": translate, "scale": scale, "shear": shear, "interpolation": mode}
        fill = [5.0] * shape[0]
        golden.add(
            "bytes", shape, {**arguments, "fill": fill},
            lambda x: F.affine(x, angle, translate, scale, shear, MODES[mode], fill=[int(value) for value in fill]))
        if scale < 0.01:
            continue
        # torchvision's nearest neighbour of tensors is undecided where a place falls between two pixels.
        if mode == "nearest" and angle == 0:
            continue
        fill = [0.25] * shape[0]
        golden.add(
            "floats", shape, {**arguments, "fill": fill},
            lambda x: F.affine(x, angle, translate, scale, shear, MODES[mode], fill=fill))
golden.write()

golden = Golden("color_jitter")
for shape in (GREY, COLOUR):
    for change, function, factors in [
        ("brightness", F.adjust_brightness, [0.0, 0.35, 1.0, 1.7]),
        ("contrast", F.adjust_contrast, [0.0, 0.35, 1.0, 1.7]),
        ("saturation", F.adjust_saturation, [0.0, 0.35, 1.0, 1.7]),
        ("hue", F.adjust_hue, [-0.5, -0.13, 0.0, 0.21, 0.5]),
    ]:
        for factor in factors:
            if shape == GREY and change in ("saturation", "hue") and factor != factors[1]:
                continue
            golden.add("bytes", shape, {"change": change, "factor": factor}, lambda x: function(x, factor))
            if factor in factors[1::2]:
                golden.add("floats", shape, {"change": change, "factor": factor}, lambda x: function(x, factor))
# Every path of the colour circle, with bytes of all sizes.
for factor in (0.1, -0.37):
    golden.add("bytes", (3, 60, 60), {"change": "hue", "factor": factor}, lambda x: F.adjust_hue(x, factor))
golden.write()

golden = Golden("erasing")
for shape, top, left, height, width, value in [
    (GREY, 2, 3, 5, 7, [0.0]), (COLOUR, 0, 10, 12, 6, [0.1, 0.2, 0.3]), (GREY, 3, 3, 0, 4, [1.0]),
]:
    golden.add(
        "floats", shape, {"part": [top, left, height, width], "value": value},
        lambda x: F.erase(x, top, left, height, width, torch.tensor(value)[:, None, None]))
golden.write()

golden = Golden("gaussian_noise")
for clip in (True, False):
    # The normal numbers are replaced by (input - 0.5) * 4, which the test makes again.
    def noisy(x):
        original = torch.randn_like
        torch.randn_like = lambda image, **_: (image - 0.5) * 4
        try:
            return F2.gaussian_noise(x, mean=0.05, sigma=0.3, clip=clip)
        finally:
            torch.randn_like = original
    golden.add("floats", COLOUR, {"mean": 0.05, "sigma": 0.3, "clip": clip}, noisy)
golden.write()
