"""What the scripts beside this share: pictures, and files of golden results made by torchvision.

Made with torch 2.13.0, torchvision 0.28.0, Pillow 13.0.0, numpy 2.4.6. Each file is

  {"cases": [{"kind": "bytes" or "floats", "input": {"shape": [c, h, w], "seed": s},
    "arguments": {...}, "output": {"shape": [c, h, w], "isFloat": …, "data": base64}}]}

Inputs are not stored: the test makes them again from (shape, seed), see `image` below. Bytes are stored
as they are, floats as little-endian float32, all row-major, in base64.
"""

import base64
import json
import pathlib

import numpy
import torch

library = torch.library.Library("torchvision", "DEF")
for name in ("nms", "qnms"):
    library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")

from PIL import Image  # noqa: E402
from torchvision.transforms import InterpolationMode  # noqa: E402
from torchvision.transforms import functional as F  # noqa: E402
from torchvision.transforms.v2 import functional as F2  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
MODES = {
    "nearest": InterpolationMode.NEAREST, "bilinear": InterpolationMode.BILINEAR,
    "bicubic": InterpolationMode.BICUBIC,
}


def image(shape, seed):
    """Bytes [c, h, w]: a smooth wave, and noise in every third pixel."""
    state = seed * 2654435761 % 2**32
    c, h, w = shape
    values = numpy.zeros(shape, dtype=numpy.uint8)
    for channel in range(c):
        for y in range(h):
            for x in range(w):
                state = (state * 1664525 + 1013904223) % 2**32
                wave = (x * (7 + 3 * channel) + y * (5 + seed % 4)) % 256
                values[channel, y, x] = state >> 24 if (x + 2 * y) % 3 == 0 else wave
    return values


def pil(values):
    return Image.fromarray(values[0] if len(values) == 1 else values.transpose(1, 2, 0))


def array(picture):
    values = numpy.asarray(picture)
    return values[None] if values.ndim == 2 else values.transpose(2, 0, 1)


class Golden:
    def __init__(self, name):
        self.name = name
        self.cases = []

    def add(self, kind, shape, arguments, call, seed=None):
        """`call` gets a PIL image for bytes, a tensor of 0 to 1 for floats."""
        seed = len(self.cases) + 1 if seed is None else seed
        values = image(shape, seed)
        if kind == "bytes":
            output = call(pil(values))
            output = array(output) if isinstance(output, Image.Image) else output.numpy()
        else:
            output = call(torch.from_numpy(values).to(torch.float32).div(255)).numpy()
        data = numpy.ascontiguousarray(output)
        assert data.dtype in (numpy.uint8, numpy.float32)
        self.cases.append({
            "kind": kind, "input": {"shape": list(shape), "seed": seed}, "arguments": arguments,
            "output": {
                "shape": list(data.shape), "isFloat": data.dtype == numpy.float32,
                "data": base64.b64encode(data.astype(data.dtype.newbyteorder("<")).tobytes()).decode(),
            },
        })

    def both(self, shape, arguments, call, seed=None):
        self.add("bytes", shape, arguments, call, seed)
        self.add("floats", shape, arguments, call, seed)

    def write(self):
        lines = ",\n".join(json.dumps(case) for case in self.cases)
        (HERE / f"{self.name}.json").write_text(f'{{"cases": [\n{lines}\n]}}\n')


GREY, COLOUR = (1, 13, 17), (3, 13, 17)
