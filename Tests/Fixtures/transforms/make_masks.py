"""masks.json: what torchvision's v2 transforms make of `tv_tensors.Mask`.

`python3 make_masks.py` writes it beside itself, in the form that golden.py describes. Inputs are class numbers,
`image(shape, seed) % 7`; what is outside is filled with 255.
"""

import torch

from golden import F2, Golden, image
from torchvision import tv_tensors  # After golden, which lets torchvision import.

MASK = (1, 13, 17)
golden = Golden("masks")


def add(step, arguments, call, shape=MASK):
    def of(_):
        values = image(shape, len(golden.cases) + 1) % 7
        return call(tv_tensors.Mask(torch.from_numpy(values))).as_subclass(torch.Tensor)
    golden.add("bytes", shape, {"step": step, **arguments}, of)


for size in [[7, 9], [20, 31], [26, 34], [13, 5], [1, 1]]:
    add("resize", {"size": size}, lambda x: F2.resize(x, size))
for size in [[14], [6]]:
    add("resize", {"size": size}, lambda x: F2.resize(x, size))
    add("resize", {"size": size}, lambda x: F2.resize(x, size), (1, 40, 9))
for angle in [10.0, -33.7, 90.0, 180.0, 271.5, 0.0]:
    add("rotation", {"angle": angle}, lambda x: F2.rotate(x, angle, fill=255))
for angle, scale, shear in [
    (12.5, 1.1, [0.0, 0.0]), (-40.0, 0.7, [10.0, 0.0]), (77.0, 1.9, [-15.0, 8.0]),
    (3.3, 0.95, [4.0, -7.0]),
]:
    add(
        "affine", {"angle": angle, "scale": scale, "shear": shear},
        lambda x: F2.affine(x, angle, [0, 0], scale, shear, fill=255))
for corners in [[1, 2, 14, 0, 16, 12, 0, 10], [2, 1, 15, 0, 13, 11, 1, 10]]:
    ends = [corners[2 * i:2 * i + 2] for i in range(4)]
    start = [[0, 0], [16, 0], [16, 12], [0, 12]]
    add(
        "perspective", {"corners": corners},
        lambda x: F2.perspective(x, start, ends, fill=255))
for part, size in [([2, 3, 8, 9], [7, 5]), ([0, 0, 13, 17], [26, 30]), ([5, 1, 4, 12], [9, 9])]:
    add("resized_crop", {"part": part, "size": size}, lambda x: F2.resized_crop(x, *part, size))
for size in [[9, 8], [13, 17], [6, 11]]:
    add("center_crop", {"size": size}, lambda x: F2.center_crop(x, size))
for padding in [[2], [3, 1], [4, 0, 2, 5]]:
    for mode in ("constant", "edge", "reflect", "symmetric"):
        add(
            "pad", {"padding": padding, "padding_mode": mode},
            lambda x: F2.pad(x, padding, fill=255, padding_mode=mode))
add("flip", {"horizontal": True}, F2.horizontal_flip)
add("flip", {"horizontal": False}, F2.vertical_flip)
# Where a place falls between two pixels, the nearest neighbour of tensors is undecided; no case has one.
golden.write()
