#!/usr/bin/env python3
"""Makes boundary_f1.json with NumPy and SciPy: the boundary F1 of random masks.

    python3 -m pip install scipy
    python3 Tests/Fixtures/tasks/make_boundary_f1.py

The file was made with NumPy 2.4.6 and SciPy 1.17.1. A row of a mask is a text with a digit for each pixel; '.' has no
class. The score follows Csurka, Larlus and Perronnin, "What is a good evaluation measure for semantic
segmentation?" (BMVC 2013): the borders are by binary erosion, their distances by the Euclidean distance transform.
"""

import json
import pathlib

import numpy
from scipy import ndimage

CROSS = ndimage.generate_binary_structure(2, 1)


def border(mask, number, known):
    """The pixels of a class with a 4-neighbour of another class; pixels that are not known are no class at all."""
    own = known & (mask == number)
    kept = ndimage.binary_erosion(own | ~known, CROSS, border_value=1)
    return own & ~kept


def scores(truth, predicted, known, classes, tolerance):
    """F1 of each class; None for one without a border in both masks."""
    found = []
    for number in range(classes):
        a, b = border(truth, number, known), border(predicted, number, known)
        if not a.any() and not b.any():
            found.append(None)
        elif not a.any() or not b.any():
            found.append(0.0)
        else:
            recall = (ndimage.distance_transform_edt(~b)[a] <= tolerance).mean()
            precision = (ndimage.distance_transform_edt(~a)[b] <= tolerance).mean()
            found.append(2 * precision * recall / (precision + recall) if precision + recall else 0.0)
    return found


def mean(values):
    values = [value for value in values if value is not None]
    return float(numpy.mean(values)) if values else None


def mask(random, shape, classes):
    """Blobs: the class with the largest of some smoothed noises."""
    noise = random.standard_normal((len(classes), *shape))
    smooth = random.choice([0.0, 1.0, 2.5])
    return numpy.array(classes)[numpy.argmax(ndimage.gaussian_filter(noise, (0, smooth, smooth)), axis=0)]


random = numpy.random.default_rng(23)
cases = []
for number in range(360):
    classes = int(random.integers(1, 7))
    # Some classes never occur, some are never predicted.
    known = random.permutation(classes)[: random.integers(1, classes + 1)]
    said = random.permutation(classes)[: random.integers(1, classes + 1)]
    tolerance = random.choice([None, 1, 1.5, 2, 3.7, 100])
    images = []
    for _ in range(random.integers(1, 4)):
        shape = tuple(int(size) for size in random.integers(1, 18, 2))
        truth = mask(random, shape, known)
        predicted = truth.copy()
        kind = random.integers(0, 4)
        if kind == 1:
            predicted = numpy.roll(truth, random.integers(-2, 3, 2), (0, 1))
        elif kind > 1:
            predicted = mask(random, shape, said)
        ignored = random.random(shape) < random.choice([0, 0, 0.1, 0.5])
        if random.random() < 0.1:
            ignored[:] = True
        images.append((truth, predicted, ~ignored))
    each = [
        scores(t, p, k, classes, 0.0075 * numpy.hypot(*t.shape) if tolerance is None else tolerance)
        for t, p, k in images
    ]
    cases.append({
        "classes": classes,
        "tolerance": None if tolerance is None else float(tolerance),
        "truth": [["".join(str(c) if ok else "." for c, ok in zip(*row)) for row in zip(t, k)] for t, _, k in images],
        "predicted": [["".join(map(str, row)) for row in p] for _, p, _ in images],
        "mean": mean([mean(image) for image in each]),
        "parts": [mean([image[c] for image in each]) for c in range(classes)],
    })
path = pathlib.Path(__file__).parent / "boundary_f1.json"
path.write_text(json.dumps(cases, separators=(",", ":")).replace("},{", "},\n{") + "\n")
