"""Golden masks of outlines: random polygons and runs given to pycocotools.

Made with pycocotools 2.0.11, numpy 2.4.6. `python3 make.py` writes beside itself

  instances.json  the cases in COCO's format, an image and an annotation each
  masks.json      for each case the lengths of runs of pixels outside and inside the object, in turn, down the columns
"""

import json
import pathlib
import random

import numpy
from pycocotools import mask

HERE = pathlib.Path(__file__).resolve().parent
POLYGONS, RUNS = 260, 40


def runs(pixels):
    counts, last = [0], 0
    for value in pixels.flatten(order="F").tolist():
        if value != last:
            counts.append(0)
            last = value
        counts[-1] += 1
    return counts


def polygon(draw, height, width):
    kind = draw.choice(["fractional", "fractional", "whole", "halves", "outside", "degenerate"])
    low, high = (-1.5, 2.5) if kind == "outside" else (0.0, 1.0)
    points = []
    for _ in range(draw.randint(3, 8)):
        x, y = draw.uniform(low, high) * width, draw.uniform(low, high) * height
        if kind == "whole":
            x, y = round(x), round(y)
        elif kind == "halves":
            x, y = round(2 * x) / 2, round(10 * y) / 10
        else:
            x, y = round(x, 2), round(y, 2)
        points.append((x, y))
    if kind == "degenerate":
        # Repeated points, points on one line, and edges there and back.
        choice = draw.randrange(4)
        if choice == 0:
            points = [point for point in points for _ in range(2)]
        elif choice == 1:
            points = [(point[0], points[0][1]) for point in points]
        elif choice == 2:
            points = [points[0]] * 4
        else:
            points = points + points[::-1]
    return [value for point in points for value in point]


def main():
    draw = random.Random(18)
    cases = []
    for _ in range(POLYGONS):
        height, width = draw.randint(1, 24), draw.randint(1, 24)
        polygons = [polygon(draw, height, width) for _ in range(draw.choice([1, 1, 1, 2, 3]))]
        pixels = mask.decode(mask.merge(mask.frPyObjects(polygons, height, width)))
        cases.append((height, width, polygons, pixels))
    for number in range(RUNS):
        height, width = draw.randint(1, 24), draw.randint(1, 24)
        share = draw.choice([0.02, 0.1, 0.5, 0.95])
        pixels = numpy.array([[draw.random() < share for _ in range(width)] for _ in range(height)])
        if number >= RUNS - 4:
            # Runs of more than one character.
            height, width = 97, 61
            pixels = numpy.zeros((height, width), bool)
            pixels[draw.randrange(40) :, draw.randrange(9, 30) : draw.randrange(31, 60)] = number % 2 == 0
        pixels = numpy.asfortranarray(pixels.astype(numpy.uint8))
        size = [height, width]
        if number % 2 == 0:
            counts = mask.encode(pixels)["counts"].decode()
            decoded = mask.decode({"counts": counts, "size": size})
        else:
            counts = runs(pixels)
            decoded = mask.decode(mask.frPyObjects({"counts": counts, "size": size}, height, width))
        cases.append((height, width, {"counts": counts, "size": size}, decoded))
    numbers = range(1, len(cases) + 1)
    document = {
        "images": [{"id": i, "file_name": "", "width": w, "height": h} for i, (h, w, _, _) in zip(numbers, cases)],
        "categories": [{"id": 1, "name": "thing"}],
        "annotations": [
            {"id": i, "image_id": i, "category_id": 1, "segmentation": s} for i, (_, _, s, _) in zip(numbers, cases)
        ],
    }
    expected = [runs(pixels) for _, _, _, pixels in cases]
    for name, content in [("instances.json", document), ("masks.json", expected)]:
        (HERE / name).write_text(json.dumps(content, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
