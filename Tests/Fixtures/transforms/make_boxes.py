"""boxes.json: what torchvision's v2 transforms make of `tv_tensors.BoundingBoxes` (XYXY, float64).

Made with torch 2.13.0 and torchvision 0.28.0: `python3 make_boxes.py` writes it beside itself:

  {"cases": [{"size": [h, w], "boxes": [[x1, y1, x2, y2]], "steps": [{"step": …, …}], "output": [h, w],
    "kept": [indices], "expected": [[x1, y1, x2, y2]]}]}

Boxes are first cut off at the border, as torchvision's references for detection do; `kept` are those that
`SanitizeBoundingBoxes` keeps after the steps.
"""

import json
import pathlib

import torch
from torchvision import tv_tensors
from torchvision.transforms.v2 import SanitizeBoundingBoxes
from torchvision.transforms.v2 import functional as F2

HERE = pathlib.Path(__file__).resolve().parent

BOXES = [
    [10, 20, 90, 70], [0, 0, 640, 480], [300.5, 200.25, 420.75, 470], [600, 440, 660, 500], [-20, 100, 30, 160],
    [320, 240, 321.5, 242], [5, 470, 9, 479], [500, 10, 630, 60], [0, 0, 3, 3], [200, 300, 202, 460],
]
cases = []


def step(boxes, kind, a):
    if kind == "resize":
        return F2.resize(boxes, a["size"])
    if kind == "center_crop":
        return F2.center_crop(boxes, a["size"])
    if kind == "pad":
        return F2.pad(boxes, a["padding"])
    if kind == "flip":
        return F2.horizontal_flip(boxes) if a["horizontal"] else F2.vertical_flip(boxes)
    if kind == "rotation":
        return F2.rotate(boxes, a["angle"])
    if kind == "affine":
        return F2.affine(boxes, a["angle"], a["translate"], a["scale"], a["shear"])
    if kind == "resized_crop":
        return F2.resized_crop(boxes, *a["part"], a["size"])
    if kind == "crop":
        return F2.crop(boxes, *a["part"])
    if kind == "perspective":
        h, w = boxes.canvas_size
        ends = [a["corners"][2 * i:2 * i + 2] for i in range(4)]
        return F2.perspective(boxes, [[0, 0], [w - 1, 0], [w - 1, h - 1], [0, h - 1]], ends)
    raise ValueError(kind)


def add(*steps, size=(480, 640)):
    scale = torch.tensor([size[1] / 640, size[0] / 480] * 2, dtype=torch.float64)
    given = torch.tensor(BOXES, dtype=torch.float64) * scale
    boxes = tv_tensors.BoundingBoxes(given, format="XYXY", canvas_size=size)
    boxes = F2.clamp_bounding_boxes(boxes)
    labels = torch.arange(len(boxes))
    for kind, a in steps:
        boxes = step(boxes, kind, a)
        # What has left the image does not come back; torchvision would turn and enlarge the line that is left of it.
        inside = (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1])
        boxes, labels = tv_tensors.wrap(boxes[inside], like=boxes), labels[inside]
    # Ratios of resize are float32, so that a box may end 1e-5 pixels outside, which would be dropped.
    boxes = F2.clamp_bounding_boxes(boxes)
    sample = {"boxes": boxes, "labels": labels}
    result = SanitizeBoundingBoxes()(sample)
    cases.append({
        "size": size, "boxes": given.tolist(), "steps": [{"step": kind, **a} for kind, a in steps],
        "output": list(boxes.canvas_size), "kept": result["labels"].tolist(),
        "expected": [[round(v, 9) for v in row] for row in result["boxes"].tolist()],
    })


for size in [[320, 320], [800, 1067], [33, 47], [300], [512], [100, 640]]:
    add(("resize", {"size": size}))
add(("resize", {"size": [300]}), size=(333, 251))
for size in [[300, 300], [479, 639]]:
    add(("center_crop", {"size": size}))
    add(("center_crop", {"size": size}), size=(481, 643))
# Where a crop is larger by an odd number, torchvision moves boxes one pixel further than images: no case has that.
for size in [[500, 700], [600, 400]]:
    add(("center_crop", {"size": size}))
for padding in [[5], [3, 8], [1, 20, 0, 7]]:
    add(("pad", {"padding": padding}))
add(("flip", {"horizontal": True}))
add(("flip", {"horizontal": False}), size=(301, 207))
for angle in [10.0, -33.7, 90.0, 180.0, 271.5, 0.0]:
    add(("rotation", {"angle": angle}))
for angle, translate, scale, shear in [
    (12.5, [0, 0], 1.1, [0.0, 0.0]), (-40.0, [31, -17], 0.7, [10.0, 0.0]), (77.0, [-100, 3], 1.9, [-15.0, 8.0]),
    (3.3, [0, 60], 0.95, [4.0, -7.0]),
]:
    add(("affine", {"angle": angle, "translate": translate, "scale": scale, "shear": shear}))
for corners in [[40, 30, 580, 5, 610, 470, 20, 400], [100, 90, 630, 0, 500, 430, 0, 479]]:
    add(("perspective", {"corners": corners}))
for part, size in [([20, 30, 300, 400], [320, 320]), ([0, 0, 480, 640], [224, 192]), ([211, 5, 40, 600], [64, 128])]:
    add(("resized_crop", {"part": part, "size": size}))
for part in [[10, 20, 300, 300], [180, 340, 300, 300]]:
    add(("crop", {"part": part}))
# Chains, in which the border cuts more than once.
add(("resize", {"size": [320]}), ("center_crop", {"size": [300, 300]}), ("flip", {"horizontal": True}))
add(("pad", {"padding": [10]}), ("resize", {"size": [250, 400]}), ("flip", {"horizontal": False}))
add(("rotation", {"angle": 15.0}), ("resize", {"size": [320, 320]}))
add(("center_crop", {"size": [400, 500]}), ("rotation", {"angle": -20.0}), ("resize", {"size": [300, 300]}))

lines = ",\n".join(json.dumps(case) for case in cases)
(HERE / "boxes.json").write_text(f'{{"cases": [\n{lines}\n]}}\n')
print(len(cases))
